import { factId } from '../kernel/fact.ts';
import type { Reason } from '../kernel/reason.ts';
import { registry } from '../registry/contract.ts';
import type { Leaf } from './leaf.ts';

export type RegisteredHead = { readonly model: string; readonly version: string; readonly registeredAt: string };

/** The time that a fact may be on its way to the log without anything being wrong. */
const ON_ITS_WAY_MS = 60_000;

const { versionRegistered } = registry.events;

/**
 * Whatever stands in the registry and not in the log, or in the log and not in the registry (X6): nothing, as long as both
 * tell the truth. A version that was registered this minute is let wait.
 */
export const compareRegistry = (
  versions: readonly RegisteredHead[],
  leaves: readonly Pick<Leaf, 'id' | 'type'>[],
  now: Date,
): Reason[] => {
  const logged = new Set(leaves.filter(({ type }) => type === versionRegistered.type).map(({ id }) => id));
  const known = new Map(versions.map((each) => [factId(versionRegistered, each.model, each.version), each]));
  const unlogged = [...known]
    .filter(([id, { registeredAt }]) => !logged.has(id) && now.getTime() - Date.parse(registeredAt) > ON_ITS_WAY_MS)
    .map(([id, { model, version, registeredAt }]) => ({
      rule: 'audit.not-logged',
      path: `${model} ${version}`,
      message: `it was registered ${registeredAt}, and the log knows nothing of it`,
      found: id,
    }));
  const unregistered = [...logged]
    .filter((id) => !known.has(id))
    .map((id) => ({
      rule: 'audit.not-registered',
      path: id,
      message: 'the log says that a version was registered, and the registry has none that this could be',
    }));
  return [...unlogged, ...unregistered];
};
