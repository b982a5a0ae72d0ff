import { placeHold } from '../../core/hold/place-hold.ts';
import { rollout } from '../../core/rollout/contract.ts';
import { reconcileAll, reconcileRollout } from '../../core/rollout/reconcile-rollout.ts';
import { refuseUnopened } from '../../core/rollout/refuse-unopened.ts';
import { dynamodbHolds } from '../platform/dynamodb-holds.adapter.ts';
import { dynamodbRollouts } from '../platform/dynamodb-rollouts.adapter.ts';
import { measureIn } from '../platform/measure.ts';
import { onEvent } from '../platform/on-event.ts';
import { readEnv } from '../platform/read-env.ts';
import { ssmDeployments } from '../platform/ssm-deployments.adapter.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { targets } from '../platform/targets.adapter.ts';
import { minutes } from '../platform/telemetry-minutes.adapter.ts';
import { observedMinutes } from './observations.ts';
import { routeOccasion } from './route-occasion.ts';
import { sfnRolloutWorkflows } from './sfn-rollout-workflows.adapter.ts';

const env = readEnv(rollout.reactors.reconcileRollouts);
const deployments = ssmDeployments(env.DEPLOYMENTS);
const holds = dynamodbHolds(env.HOLD_TABLE, clock);
const ports = {
  rollouts: dynamodbRollouts({ rollouts: env.ROLLOUT_TABLE, holds: env.HOLD_TABLE }, clock),
  holds,
  deployments,
  targets: targets(env.DEPLOYMENTS),
  observations: observedMinutes(minutes(env.TELEMETRY_TABLE), deployments),
  placeHold: placeHold({ holds, clock }),
  workflows: sfnRolloutWorkflows(env.WORKFLOW_ARN),
  clock,
  measure: measureIn({ stage: env.STAGE, clock }),
};

export const handler = onEvent(
  routeOccasion({ one: reconcileRollout(ports), all: reconcileAll(ports), unopened: refuseUnopened(ports) }),
);
