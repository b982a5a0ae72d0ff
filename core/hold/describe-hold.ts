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

/** The last name in a path: `age` of both `$.age` and `$.features["age"]`. */
const lastName = (path: string): string => /(?:\["(.+)"\]|\.([^.[\]]+))$/.exec(path)?.slice(1).find(Boolean) ?? path;

/** Why, with the numbers; a path that the sentence begins with anyway, or a finding in it, is not said twice. */
export const describeWhy = ({ path, found, ...reason }: Reason): string => {
  const { message } = reason;
  const told = path === undefined || message.startsWith(path) || message.startsWith(lastName(path));
  return describeReason({
    ...reason,
    ...(!told && { path }),
    ...(found !== undefined && !message.split(/[,;:] /).includes(found) && { found }),
  });
};

export const runbookPath = (link: string): string => {
  const [file, section] = link.split('#');
  return `docs/runbooks/${file}.md#${section}`;
};
