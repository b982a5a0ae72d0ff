import type { Hold } from '../core/hold/contract.ts';
import { describeActor, describeEffect, describeScope, describeWhy, runbookPath } from '../core/hold/describe-hold.ts';
import { oneLine } from './text.ts';
import { lasted } from './when.ts';

/** A hold for a person on call: what is held, why, since when, what to read, and what to type when it is over. */
export const holdLines = (hold: Hold, { now, stage }: { now: Date; stage: string }): string[] => {
  const { id, scope, effect, severity, reason, placedBy, placedAt, count, expiresAt, runbook, deployment } = hold;
  const seen = count === 1 ? '' : `, asked for ${count} times, the last time ${lasted(hold.lastSeenAt, now)} ago`;
  return [
    `! ${describeScope(scope)} is held (${severity})`,
    `  why      ${describeWhy(reason)}`,
    ...(deployment === undefined ? [] : [`  seen on  ${deployment}`]),
    `  effect   ${describeEffect(effect)}`,
    `  placed   ${placedAt}, ${lasted(placedAt, now)} ago, by ${describeActor(placedBy)}${seen}`,
    `  ends     ${expiresAt === undefined ? 'when somebody lifts it' : `by itself at ${expiresAt}`}`,
    ...(runbook === undefined ? [] : [`  runbook  ${runbookPath(runbook)}`]),
    `  lift     clearance lift ${id} --stage ${stage} --reason "…"`,
  ].map(oneLine);
};
