import type { ApiCall } from '../kernel/api-call.ts';
import { type Reason, show } from '../kernel/reason.ts';
import type { Bypassed, BypassOutcome } from './contract.ts';
import type { Backend } from './deployment.ts';
import { TargetUnusable } from './failures.ts';
import type { Seen } from './see-target.ts';

const SAID: Readonly<Record<BypassOutcome, string>> = {
  restored: 'the target was changed past the plane, to what is declared',
  undone: 'the target was changed past the plane, and what is declared serves',
  moved: 'a registered version serves that no rollout put there',
  unreachable: 'the target was changed past the plane, and cannot be looked at any more',
  held: 'a version serves that no rollout put there, and that is held to be evicted',
  unregistered: 'something serves that no rollout put there, and that is not registered',
  differs: 'something serves that no rollout put there, with other bytes than are registered under its name',
  unnamed: 'something serves that no rollout put there, and that does not say what it is',
};

const INVESTIGATE = 'Find out who did it and why, then lift the hold.';

const fixOf = (outcome: BypassOutcome, { declared }: Seen): string => {
  if (outcome === 'undone' || outcome === 'restored') return INVESTIGATE;
  if (outcome === 'moved') return `Lift the hold to let it stay, or put the target back first. ${INVESTIGATE}`;
  if (outcome === 'unreachable') return `Give the target or its role back. ${INVESTIGATE}`;
  return declared.backends.length === 0
    ? 'No rollout ever brought anything there, so there is nothing to go back to: move the target to a registered version.'
    : `The plane takes the traffic back to what was rolled out. ${INVESTIGATE}`;
};

/** Names and ARNs are somebody else's. */
const LONGEST = 160;
const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST).toWellFormed()}…` : text);

const nameOf = ({ id, version }: Backend): string =>
  cut(version === undefined || id.startsWith(`${version}@`) ? id : `${id} (${version})`);

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;

/** What serves, with the share of each. */
export const servedIn = ({ standing }: Seen): Bypassed['served'] => {
  if (standing instanceof TargetUnusable) return [];
  const { primary, canary } = standing;
  if (canary === undefined || canary.share === 0) return [{ ...primary, share: 1 }];
  return [
    { ...primary, share: 1 - canary.share },
    { ...canary.backend, share: canary.share },
  ];
};

type Found = { readonly call: ApiCall; readonly seen: Seen; readonly outcome: BypassOutcome };

/** Why a target is held that was changed past the plane. */
export const bypassReason = ({ call, seen, outcome }: Found): Reason => {
  const { standing, declared } = seen;
  const split = servedIn(seen).map((backend) => `${nameOf(backend)} ${percent(backend.share)}`);
  return {
    rule: `rollout.bypassed-${outcome}`,
    message: `${SAID[outcome]}: ${call.service} ${call.name} by ${cut(call.by.arn)} at ${call.at}`,
    found: standing instanceof TargetUnusable ? show(standing.message) : split.join(', '),
    allowed: declared.backends.map(nameOf).join(', ') || 'what a rollout brings',
    fix: fixOf(outcome, seen),
  };
};
