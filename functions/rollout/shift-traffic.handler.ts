import { rollout } from '../../core/rollout/contract.ts';
import { shiftTraffic } from '../../core/rollout/shift-traffic.ts';
import { standingHolds } from '../platform/dynamodb-holds.adapter.ts';
import { dynamodbRollouts } from '../platform/dynamodb-rollouts.adapter.ts';
import { readEnv } from '../platform/read-env.ts';
import { ssmDeployments } from '../platform/ssm-deployments.adapter.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { targets } from '../platform/targets.adapter.ts';
import { task } from '../platform/task.ts';

const contract = rollout.tasks.shiftTraffic;
const env = readEnv(contract);

export const handler = task(
  contract,
  shiftTraffic({
    rollouts: dynamodbRollouts({ rollouts: env.ROLLOUT_TABLE, holds: env.HOLD_TABLE }, clock),
    holds: standingHolds(env.HOLD_TABLE),
    deployments: ssmDeployments(env.DEPLOYMENTS),
    targets: targets(env.DEPLOYMENTS),
    clock,
  }),
);
