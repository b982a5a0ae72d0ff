import { rollout } from '../../core/rollout/contract.ts';
import { openRollout } from '../../core/rollout/open-rollout.ts';
import { dynamodbRollouts } from '../platform/dynamodb-rollouts.adapter.ts';
import { readEnv } from '../platform/read-env.ts';
import { ssmDeployments } from '../platform/ssm-deployments.adapter.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { targetReaders } from '../platform/targets.adapter.ts';
import { task } from '../platform/task.ts';
import { versionRecords } from '../platform/version-records.adapter.ts';

const contract = rollout.tasks.openRollout;
const env = readEnv(contract);

export const handler = task(
  contract,
  openRollout({
    rollouts: dynamodbRollouts({ rollouts: env.ROLLOUT_TABLE }, clock),
    deployments: ssmDeployments(env.DEPLOYMENTS),
    targets: targetReaders(env.DEPLOYMENTS),
    versions: versionRecords(env.REGISTRY_TABLE),
    clock,
    rules: env.ROLLOUT_RULES,
  }),
);
