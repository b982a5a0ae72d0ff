import type { HoldList } from '../hold/contract.ts';
import { gravest, type Strangeness } from './bypass.ts';
import type { BypassOutcome } from './contract.ts';
import { isAsDeclared, strangersIn } from './declared-split.ts';
import type { Backend, Deployment } from './deployment.ts';
import { TargetUnusable } from './failures.ts';
import { judgeServed } from './judge-served.ts';
import type { Standing, Versions } from './ports.ts';
import { hasStamped } from './record.ts';
import type { Seen } from './see-target.ts';
import type { TargetChange } from './target-change.ts';

export type JudgedBy = { readonly versions: Versions; readonly holds: HoldList; readonly now: Date };

type Case = { readonly deployment: Deployment; readonly change: TargetChange; readonly seen: Seen };

/** By the role that shifts this deployment, under the stamp of an intent that was recorded. */
const isIntended = ({ deployment, change: { call, stamp }, seen }: Case): boolean =>
  call.by.role === deployment.roles.shift &&
  (call.name === 'StopDeployment' || seen.flown.some((record) => hasStamped(record, stamp)));

/** A registered version that a rollout took off from since: whoever lifted the hold let it stay. */
const isAccepted = ({ id }: Backend, { change, seen: { flown } }: Case): boolean => {
  const [newest] = flown;
  if (newest === undefined || newest.phase === 'completed') return false;
  return newest.flight?.baseline.id === id && change.call.at >= newest.requestedAt;
};

/** No rollout yet, and the target has just been made: what serves first was not moved by anybody. */
const isFirst = ({ change: { makes, place }, seen }: Case, standing: Standing): boolean =>
  seen.flown.length === 0 && (makes || (place.kind === 'appconfig' && standing.revision === '1/1'));

const strangenessOf = async (by: JudgedBy, the: Case, standing: Standing): Promise<Strangeness | undefined> => {
  const { deployment, seen } = the;
  const strangers = strangersIn(standing, seen.declared);
  if (strangers.length === 0) return isAsDeclared(standing, seen.declared) ? undefined : 'moved';
  const found: Strangeness[] = [];
  for (const backend of strangers) {
    const strangeness = await judgeServed(by, deployment, backend);
    if (strangeness !== 'moved' || !isAccepted(backend, the)) found.push(strangeness);
  }
  const worst = gravest(found);
  return worst === 'moved' && isFirst(the, standing) ? undefined : worst;
};

/** What came of a change of a target: nothing, if it was the plane's own doing or changed nothing that serves. */
export const bypassOutcome = async (by: JudgedBy, the: Case): Promise<BypassOutcome | undefined> => {
  const { change, seen } = the;
  const { standing, declared } = seen;
  if (standing instanceof TargetUnusable) return change.ofCode ? undefined : 'unreachable';
  const strange = await strangenessOf(by, the, standing);
  // Publishing moves nothing, so that it says nothing new of a registered version that stands where it stood.
  if (change.ofCode) return strange === 'moved' ? undefined : strange;
  if (strange !== undefined) return strange;
  if (isIntended(the) || isFirst(the, standing)) return undefined;
  const isDeclared = (id: string) => declared.backends.some((backend) => backend.id === id);
  return change.puts?.every(isDeclared) ? 'restored' : 'undone';
};
