import { z } from 'zod';
import { hold } from '../../core/hold/contract.ts';
import { tellOnCall } from '../../core/hold/tell-on-call.ts';
import { logger } from '../platform/log.ts';
import { onQueue } from '../platform/on-batch.ts';
import { readEnv } from '../platform/read-env.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { dynamodbTold } from './dynamodb-told.adapter.ts';
import { snsOnCall } from './sns-on-call.adapter.ts';

const Event = z.object({ 'detail-type': z.string(), detail: z.unknown() });

const env = readEnv(hold.reactors.tellOnCall);
const tell = tellOnCall({
  told: dynamodbTold(env.TOLD_TABLE, clock),
  send: snsOnCall({ page: env.PAGE_TOPIC, ticket: env.TICKET_TOPIC }),
  stage: env.STAGE,
});

export const handler = onQueue(async (body) => {
  const { 'detail-type': type, detail } = Event.parse(body);
  logger.info('heard', { type, outcome: await tell(type, detail) });
});
