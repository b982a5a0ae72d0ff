import { Aws } from 'aws-cdk-lib';
import { productArn } from '../../core/security/contract.ts';

/** Under which the account's own findings go to Security Hub, and what findings on the bus say that they are of. */
export const findingsProduct = productArn({ partition: Aws.PARTITION, region: Aws.REGION, account: Aws.ACCOUNT_ID });
