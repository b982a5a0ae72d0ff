import { holdApi } from '../../core/hold/api.ts';
import { hold } from '../../core/hold/contract.ts';
import { dynamodbHolds } from '../platform/dynamodb-holds.adapter.ts';
import { onRoutes } from '../platform/on-routes.ts';
import { readEnv } from '../platform/read-env.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { holdAnswers } from './hold-answers.ts';

const env = readEnv(hold.reactors.answerHolds);

export const handler = onRoutes(
  holdApi,
  holdAnswers({ holds: dynamodbHolds(env.HOLD_TABLE, clock), clock, environments: env.ENVIRONMENTS }),
);
