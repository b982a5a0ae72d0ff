import { verifierKey } from '../../core/audit/note.ts';
import { signing } from '../../core/signing/contract.ts';
import { publishKeySet } from '../../core/signing/publish-key-set.ts';
import { kmsLogSigner } from '../platform/kms-log-signer.adapter.ts';
import { kmsSigner } from '../platform/kms-signer.adapter.ts';
import { logger } from '../platform/log.ts';
import { type DeploymentEvent, onDeployment } from '../platform/on-deployment.ts';
import { onEvent } from '../platform/on-event.ts';
import { readEnv } from '../platform/read-env.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { s3KeySets } from './s3-key-sets.adapter.ts';

const env = readEnv(signing.reactors.publishKeys);
const log = kmsLogSigner(env.LOG_KEY_ARN, env.LOG_ORIGIN);
const publish = publishKeySet({
  store: s3KeySets(env.MODEL_BUCKET),
  signer: kmsSigner(env.SIGNING_KEY_ARN),
  sealers: env.KEY_SET_KEY_ARNS.map(kmsSigner),
  logKeys: async () => [verifierKey(await log.key())],
  clock,
  plane: `urn:clearance:stage:${env.STAGE}`,
  rules: env.KEY_RULES,
});

/** CloudFormation waits until the keys that it is about to put to use are known. */
const deployed = onDeployment(async () => {
  const { version, rootKeyId, signingKeyId } = await publish();
  const attributes = { Version: String(version), RootKeyId: rootKeyId, SigningKeyId: signingKeyId };
  return { name: `s3://${env.MODEL_BUCKET}/${signing.keys.keySet.current}`, attributes };
});

const scheduled = onEvent(async () => {
  logger.info('published', await publish());
});

export const handler = (event: DeploymentEvent | object, context: Parameters<typeof deployed>[1]) =>
  'RequestType' in event ? deployed(event, context) : scheduled(event, context);
