import { placeHold } from '../../core/hold/place-hold.ts';
import { rollout } from '../../core/rollout/contract.ts';
import { decideStep } from '../../core/rollout/decide-step.ts';
import { dynamodbHolds, standingHolds } from '../platform/dynamodb-holds.adapter.ts';
import { dynamodbRollouts } from '../platform/dynamodb-rollouts.adapter.ts';
import { publishedKeys } from '../platform/published-keys.ts';
import { readEnv } from '../platform/read-env.ts';
import { s3Evidence } from '../platform/s3-evidence.adapter.ts';
import { ssmDeployments } from '../platform/ssm-deployments.adapter.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { targetReaders } from '../platform/targets.adapter.ts';
import { task } from '../platform/task.ts';
import { minutes } from '../platform/telemetry-minutes.adapter.ts';
import { observedMinutes } from './observations.ts';
import { signedVerdicts } from './verdicts.ts';

const contract = rollout.tasks.decideStep;
const env = readEnv(contract);
const deployments = ssmDeployments(env.DEPLOYMENTS);

export const handler = task(
  contract,
  decideStep({
    rollouts: dynamodbRollouts({ rollouts: env.ROLLOUT_TABLE, holds: env.HOLD_TABLE }, clock),
    holds: standingHolds(env.HOLD_TABLE),
    deployments,
    targets: targetReaders(env.DEPLOYMENTS),
    observations: observedMinutes(minutes(env.TELEMETRY_TABLE), deployments),
    placeHold: placeHold({ holds: dynamodbHolds(env.HOLD_TABLE, clock), clock }),
    verdicts: signedVerdicts(
      s3Evidence(env.EVIDENCE_BUCKET),
      publishedKeys({ bucket: env.MODEL_BUCKET, rootKeyArn: env.KEY_SET_KEY_ARN }, clock),
    ),
    clock,
  }),
);
