import { hold } from '../../core/hold/contract.ts';
import { placeHold } from '../../core/hold/place-hold.ts';
import { dynamodbHolds } from '../platform/dynamodb-holds.adapter.ts';
import { readEnv } from '../platform/read-env.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { task } from '../platform/task.ts';

const contract = hold.tasks.placeHold;
const env = readEnv(contract);
const place = placeHold({ holds: dynamodbHolds(env.HOLD_TABLE, clock), clock });

export const handler = task(contract, async ({ deployment, runbook, ...request }) => {
  const placed = await place({ ...request, deployment: deployment ?? undefined, runbook: runbook ?? undefined });
  // Only an expiry can be refused, and a check sets none.
  if (placed.outcome === 'refused') throw new Error(`no hold was placed: ${JSON.stringify(placed.reasons)}`);
  return { outcome: placed.outcome, hold: placed.hold.id };
});
