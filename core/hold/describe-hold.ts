import type { Actor } from '../kernel/actor.ts';
import { describeReason, type Reason } from '../kernel/reason.ts';
import type { HoldEffect, HoldScope } from './hold.ts';

/** Holds in words, the same in a page, a ticket and a terminal. */

export const describeScope = (scope: HoldScope): string => {
  if ('everything' in scope) return 'everything';
  const { model, version, environment } = scope;
  const what = model === undefined ? 'every model' : version === undefined ? model : `${model} ${version}`;
  return environment === undefined ? what : `${what} in ${environment}`;
};

const EFFECTS: Readonly<Record<HoldEffect, string>> = {
  pause: 'no rollout moves on and admission says no; what serves goes on serving',
  evict: 'traffic is taken off it first; then no rollout moves on and admission says no',
};
export const describeEffect = (effect: HoldEffect): string => `${effect}: ${EFFECTS[effect]}`;

export const describeActor = (actor: Actor): string =>
  actor.kind === 'person' ? actor.arn : `the check ${actor.signal}`;

/** Why, with the numbers; a path that the sentence begins with anyway is not said twice. */
export const describeWhy = ({ path, ...reason }: Reason): string =>
  describeReason(path === undefined || reason.message.startsWith(path) ? reason : { ...reason, path });

export const runbookPath = (link: string): string => {
  const [file, section] = link.split('#');
  return `docs/runbooks/${file}.md#${section}`;
};
