import { placeHold } from '../../core/hold/place-hold.ts';
import { ApiCall } from '../../core/kernel/api-call.ts';
import { rollout } from '../../core/rollout/contract.ts';
import { judgeChange } from '../../core/rollout/judge-change.ts';
import { judgeAccess } from '../../core/security/judge-access.ts';
import { dynamodbHolds } from '../platform/dynamodb-holds.adapter.ts';
import { dynamodbOutbox } from '../platform/dynamodb-outbox.adapter.ts';
import { dynamodbRollouts } from '../platform/dynamodb-rollouts.adapter.ts';
import { logger } from '../platform/log.ts';
import { onEvent } from '../platform/on-event.ts';
import { readEnv } from '../platform/read-env.ts';
import { ssmDeployments } from '../platform/ssm-deployments.adapter.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { targetReaders } from '../platform/targets.adapter.ts';
import { versionRecords } from '../platform/version-records.adapter.ts';

const env = readEnv(rollout.reactors.watchCalls);
const holds = dynamodbHolds(env.HOLD_TABLE, clock);

const outbox = dynamodbOutbox(env.ROLLOUT_TABLE, clock);

const judge = judgeChange({
  deployments: ssmDeployments(env.DEPLOYMENTS),
  targets: targetReaders(env.DEPLOYMENTS),
  rollouts: dynamodbRollouts({ rollouts: env.ROLLOUT_TABLE }, clock),
  versions: versionRecords(env.REGISTRY_TABLE),
  holds,
  placeHold: placeHold({ holds, clock }),
  outbox,
  clock,
});

const judgeRefusal = judgeAccess({ outbox, clock, modelBucket: env.MODEL_BUCKET });

export const handler = onEvent(async (event: unknown) => {
  const call = ApiCall.parse(event);
  if (call.service === 's3') {
    logger.info('judged', { call: call.id, outcome: await judgeRefusal(call) });
    return;
  }
  for (const judged of await judge(call)) logger.info('judged', { call: call.id, ...judged });
});
