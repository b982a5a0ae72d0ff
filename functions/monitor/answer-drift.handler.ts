import { answerDrift } from '../../core/monitor/answer-drift.ts';
import { monitorApi } from '../../core/monitor/api.ts';
import { monitor } from '../../core/monitor/contract.ts';
import { standingHolds } from '../platform/dynamodb-holds.adapter.ts';
import { RequestRefused } from '../platform/on-request.ts';
import { onRoutes } from '../platform/on-routes.ts';
import { readEnv } from '../platform/read-env.ts';
import { s3Evidence } from '../platform/s3-evidence.adapter.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { dynamodbChecks } from './dynamodb-checks.adapter.ts';

const env = readEnv(monitor.reactors.answerDrift);
const answer = answerDrift({
  checks: dynamodbChecks(env.MONITOR_TABLE, clock),
  holds: standingHolds(env.HOLD_TABLE),
  evidence: s3Evidence(env.EVIDENCE_BUCKET),
  clock,
});

export const handler = onRoutes(monitorApi, {
  drift: async ({ names: { model } }) => {
    const health = await answer(model);
    if (health !== undefined) return health;
    throw new RequestRefused(404, {
      message: `no traffic of ${model} was checked`,
      fix: 'A check needs a deployment of the model and inference events that name it.',
    });
  },
});
