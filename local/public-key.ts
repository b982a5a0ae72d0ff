import { createPublicKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { clientOptions } from './emulator.ts';
import type { LocalAws } from './local-aws.ts';

/** Writes the public half of a KMS key as PEM into the scratch space and returns the file's path. */
export const writePublicKey = async ({ endpoint, env, folder }: LocalAws, keyArn: string): Promise<string> => {
  const kms = new KMSClient(clientOptions({ endpoint, env }));
  const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId: keyArn }));
  kms.destroy();
  const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
  const file = join(folder, 'signing-key.pem');
  writeFileSync(file, key.export({ format: 'pem', type: 'spki' }));
  return file;
};
