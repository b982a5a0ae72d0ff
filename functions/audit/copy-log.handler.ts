import { audit } from '../../core/audit/contract.ts';
import { copyLog } from '../../core/audit/copy-log.ts';
import { kmsLogSigner } from '../platform/kms-log-signer.adapter.ts';
import { logger } from '../platform/log.ts';
import { onEvent } from '../platform/on-event.ts';
import { readEnv } from '../platform/read-env.ts';
import { s3Log } from './s3-log.adapter.ts';

const env = readEnv(audit.reactors.copyLog);
const copy = s3Log(env.COPY_BUCKET);
const run = copyLog({
  log: s3Log(env.LOG_BUCKET).read,
  copy,
  checkpoint: copy.checkpoint,
  key: kmsLogSigner(env.LOG_KEY_ARN, env.LOG_ORIGIN).key,
});

export const handler = onEvent(async () => {
  logger.info('copied', await run());
});
