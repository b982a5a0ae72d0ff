import { type HoldList, holdsInScope } from '../hold/contract.ts';
import { digestOf, hexOf } from '../kernel/digest.ts';
import { VersionId } from '../kernel/identity.ts';
import { BYPASSED, evicts, isBypass } from './bypass.ts';
import { declaredBy, flownTo, type Settled, strangersIn } from './declared-split.ts';
import type { Backend, Deployment } from './deployment.ts';
import { heldBy } from './next-action.ts';
import type { EvictPorts } from './ports.ts';
import { flightOf, type RolloutRecord } from './record.ts';

const UNKNOWN = VersionId.parse('unknown');

type Restoring = {
  readonly settled: Settled;
  readonly stranger: Backend;
  readonly holds: HoldList['holds'];
  /** Of the target: moved past the plane a second time, it is another way back. */
  readonly revision: string;
};

/** A rollout at its end that can only go back: from what somebody put there to what was rolled out. */
const wayBack = (
  deployment: Deployment,
  { settled, stranger, holds, revision }: Restoring,
  now: Date,
): RolloutRecord => {
  const at = now.toISOString();
  const { plan, root, tier } = flightOf(settled.by);
  const last = plan.steps.length - 1;
  return {
    id: hexOf(digestOf(`restored ${deployment.name} ${revision}`)).slice(0, 20),
    correlationId: holds[0]?.id ?? deployment.name,
    deployment: deployment.name,
    model: deployment.model,
    version: VersionId.safeParse(stranger.version).data ?? UNKNOWN,
    environment: deployment.environment,
    requestedAt: at,
    revision: 0,
    phase: 'underway',
    flight: { root: stranger.root ?? root, tier, plan, baseline: settled.backend, candidate: stranger },
    step: last,
    share: 1,
    safe: last,
    sequence: 0,
    rollback: { by: BYPASSED, at, reasons: holds.map(heldBy) },
  };
};

const isEvicted = (list: HoldList, { model, environment }: Deployment, { version = '' }: Backend, now: Date) =>
  holdsInScope(list, { model, version, environment }, now).some((hold) => hold.effect === 'evict' && !isBypass(hold));

/**
 * Opens a way back for a target that was moved past the plane to what may not serve. There has to be something that was
 * rolled out, and it has to be free of other evicting holds. A target that a rollout has is left to it until it is over.
 * @returns the ids of what it opened
 */
export const restoreDeclared = async (ports: EvictPorts, list: HoldList, deployment: Deployment): Promise<string[]> => {
  const now = ports.clock.now();
  const { name, model, environment } = deployment;
  const holds = holdsInScope(list, { model, version: '', environment }, now).filter(
    (hold) => isBypass(hold) && evicts(hold, name),
  );
  if (holds.length === 0) return [];
  const declared = declaredBy(await flownTo(ports.rollouts, name));
  const { settled, underway } = declared;
  if (settled === undefined || underway !== undefined || isEvicted(list, deployment, settled.backend, now)) return [];
  const standing = await ports.targets(deployment).current();
  const stranger = strangersIn(standing, declared).at(-1);
  if (stranger === undefined) return [];
  const back = wayBack(deployment, { settled, stranger, holds, revision: standing.revision }, now);
  const { outcome } = await ports.rollouts.open(back);
  return outcome === 'opened' ? [back.id] : [];
};
