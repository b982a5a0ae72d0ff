export { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
