import type { Hold } from '../core/hold/contract.ts';
import { describeWhy } from '../core/hold/describe-hold.ts';
import type { Actor } from '../core/kernel/actor.ts';
import { describeReason } from '../core/kernel/reason.ts';
import type { RolloutStatus } from '../core/rollout/api.ts';
import type { Judgement } from '../core/rollout/contract.ts';
import { oneLine, reasonLines } from './text.ts';

export const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;

const signed = (share: number): string => `${share < 0 ? '−' : '+'}${(Math.abs(share) * 100).toFixed(2)} %`;
const nameOf = (actor: Actor): string => (actor.kind === 'person' ? actor.arn : actor.signal);

const SIGNS: Readonly<Partial<Record<RolloutStatus['state'], string>>> = {
  completed: '✓',
  refused: '✗',
  'rolled-back': '✗',
  held: '‖',
};

/** `[20 %] ─ (50 %) ─ 100 %`: what is served, and what is on its way. */
const stepsOf = ({ steps, step, share, shiftingTo }: RolloutStatus): string =>
  steps
    .map((it, at) => {
      if (at + 1 === step && it.share === share) return `[${percent(it.share)}]`;
      return it.share === shiftingTo ? `(${percent(it.share)})` : percent(it.share);
    })
    .join(' ─ ');

const nextOf = ({ steps, step, state, shiftingTo, share }: RolloutStatus): string | undefined => {
  if (shiftingTo !== undefined) return `shifting from ${percent(share)} to ${percent(shiftingTo)}`;
  const next = steps[step];
  if (state === 'baking') {
    const { bakeSeconds = 0 } = steps[step - 1] ?? {};
    return `${next === undefined ? 'the end' : percent(next.share)}, when ${bakeSeconds} s of baking are judged well`;
  }
  if (state === 'requested' || state === 'admitted' || state === 'judged')
    return next === undefined ? 'the end' : `${percent(next.share)}, when admission says yes`;
  return undefined;
};

const VERDICTS: Readonly<Record<Judgement['verdict'], string>> = {
  pass: 'no worse than the version before',
  fail: 'worse than the version before',
  'not-enough-data': 'not enough data yet',
};

const judgementLines = ({ verdict, requests, errors, slow, budget, reasons }: Judgement): string[] => {
  const excess = (name: string, { observed, low, high }: Judgement['errors']) =>
    `           ${name} ${signed(observed)}, surely between ${signed(low)} and ${signed(high)}`;
  return [
    `  judged   ${VERDICTS[verdict]}, by ${requests.canary} requests beside ${requests.baseline}`,
    excess('errors', errors),
    excess('slow  ', slow),
    `           budget ${budget.spent.toFixed(1)} of ${budget.allowance.toFixed(1)} errors spent, ${budget.surely.toFixed(1)} for sure`,
    ...reasonLines(reasons).map((line) => `         ${line}`),
  ];
};

const heldLine = (hold: Hold): string =>
  `  hold     ${hold.id} (${hold.effect}) by ${nameOf(hold.placedBy)}: ${describeWhy(hold.reason)}`;

/** A rollout for a person: what is served now, what is next, and what is known about the new version. */
export const rolloutLines = (status: RolloutStatus, holds: readonly Hold[]): string[] => {
  const { model, version, environment, deployment, state, share, pause, rollback, judgement, reasons } = status;
  const next = nextOf(status);
  const behind = reasons.some(({ rule }) => rule === 'rollout.deployment-unknown') ? '' : `, behind ${deployment}`;
  return [
    `${SIGNS[state] ?? '…'} ${model} ${version} in ${environment}${behind}: ${state}`,
    `  rollout  ${status.rollout}, asked for ${status.requestedAt}${status.requestedBy ? ` by ${status.requestedBy} (as the request says)` : ''}`,
    ...(state === 'refused'
      ? []
      : [
          `  serves   ${percent(share)} of requests from ${version}${share < 1 ? ', the rest from the version before' : ''}`,
        ]),
    ...(status.steps.length > 0 ? [`  steps    ${stepsOf(status)}`] : []),
    ...(next === undefined ? [] : [`  next     ${next}`]),
    ...(judgement === undefined ? [] : judgementLines(judgement)),
    ...(pause === undefined ? [] : [`  paused   by ${nameOf(pause.by)}: ${pause.reason.message}`]),
    ...(rollback === undefined ? [] : [`  back     told by ${nameOf(rollback.by)} at ${rollback.at}`]),
    ...holds.map(heldLine),
    ...reasons.map((reason) => `  because  ${describeReason(reason)}`),
    ...(status.endedAt === undefined ? [] : [`  ended    ${status.endedAt}`]),
    ...(status.execution === undefined ? [] : [`  steered  by ${status.execution}`]),
  ].map(oneLine);
};
