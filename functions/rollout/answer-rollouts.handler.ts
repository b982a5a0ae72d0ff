import { rolloutApi } from '../../core/rollout/api.ts';
import { rollout } from '../../core/rollout/contract.ts';
import { standingHolds } from '../platform/dynamodb-holds.adapter.ts';
import { dynamodbRollouts } from '../platform/dynamodb-rollouts.adapter.ts';
import { onRoutes } from '../platform/on-routes.ts';
import { readEnv } from '../platform/read-env.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { lambdaWaker } from './lambda-waker.adapter.ts';
import { rolloutAnswers } from './rollout-answers.ts';

const env = readEnv(rollout.reactors.answerRollouts);

export const handler = onRoutes(
  rolloutApi,
  rolloutAnswers({
    rollouts: dynamodbRollouts({ rollouts: env.ROLLOUT_TABLE }, clock),
    holds: standingHolds(env.HOLD_TABLE),
    waker: lambdaWaker(env.RECONCILER),
    clock,
  }),
);
