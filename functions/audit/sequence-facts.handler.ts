import { audit } from '../../core/audit/contract.ts';
import { logFacts } from '../../core/audit/log-facts.ts';
import { kmsLogSigner } from '../platform/kms-log-signer.adapter.ts';
import { logger } from '../platform/log.ts';
import { measureIn } from '../platform/measure.ts';
import { onEvent } from '../platform/on-event.ts';
import { readEnv } from '../platform/read-env.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { dynamodbLogStates } from './dynamodb-log-states.adapter.ts';
import { dynamodbOutboxes } from './dynamodb-outboxes.adapter.ts';
import { s3Log } from './s3-log.adapter.ts';

const env = readEnv(audit.reactors.sequenceFacts);
const objects = s3Log(env.LOG_BUCKET);
const log = logFacts({
  queue: dynamodbOutboxes(env.FACT_TABLES, clock),
  states: dynamodbLogStates(env.AUDIT_TABLE),
  objects,
  checkpoint: objects.checkpoint,
  signer: kmsLogSigner(env.LOG_KEY_ARN, env.LOG_ORIGIN),
  clock,
  measure: measureIn({ stage: env.STAGE, clock }),
});

/** New facts wake it; which they are, the outboxes say. */
export const handler = onEvent(async () => {
  logger.info('logged', { facts: await log() });
});
