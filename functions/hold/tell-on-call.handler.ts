import { z } from 'zod';
import { HoldLifted, HoldPlaced, hold } from '../../core/hold/contract.ts';
import { tellLifted, tellPlaced } from '../../core/hold/tell-on-call.ts';
import { logger } from '../platform/log.ts';
import { onQueue } from '../platform/on-batch.ts';
import { readEnv } from '../platform/read-env.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { dynamodbTold } from './dynamodb-told.adapter.ts';
import { snsOnCall } from './sns-on-call.adapter.ts';

const { placed, lifted } = hold.events;
const HoldEvent = z.discriminatedUnion('detail-type', [
  z.object({ 'detail-type': z.literal(placed.type), detail: HoldPlaced }),
  z.object({ 'detail-type': z.literal(lifted.type), detail: HoldLifted }),
]);

const env = readEnv(hold.reactors.tellOnCall);
const ports = {
  told: dynamodbTold(env.TOLD_TABLE, clock),
  send: snsOnCall({ page: env.PAGE_TOPIC, ticket: env.TICKET_TOPIC }),
  stage: env.STAGE,
};
