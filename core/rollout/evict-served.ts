import { type Hold, type HoldList, holdsInScope, ListUnreadable } from '../hold/contract.ts';
import { digestOf, hexOf } from '../kernel/digest.ts';
import { isBypass } from './bypass.ts';
import type { Deployment } from './deployment.ts';
import { heldBy } from './next-action.ts';
import type { EvictPorts } from './ports.ts';
import { type Flight, flightOf, type RolloutRecord } from './record.ts';
import { restoreDeclared } from './restore-declared.ts';

/** Requests that were refused since the version was rolled out, at most. */
const LOOKED_AT = 25;

/** The rollout that brought what serves, or nothing if something else did: then nobody knows what served before. */
const bringerOf = async (ports: EvictPorts, deployment: Deployment): Promise<RolloutRecord | undefined> => {
  for (const id of await ports.rollouts.latest(deployment.name, LOOKED_AT)) {
    const record = await ports.rollouts.find(id);
    if (record === undefined || record.phase === 'refused' || record.phase === 'rolled-back') continue;
    if (record.phase !== 'completed') return undefined;
    const { primary, canary } = await ports.targets(deployment).current();
    return canary === undefined && primary.id === flightOf(record).candidate.id ? record : undefined;
  }
  return undefined;
};

const evictions = (list: HoldList, { model, environment }: Deployment, version: string | undefined, now: Date) =>
  holdsInScope(list, { model, version: version ?? '', environment }, now).filter(
    (hold) => hold.effect === 'evict' && !isBypass(hold),
  );

/** A rollout at its end that can only go back. It is one, however often it is asked for. */
const wayBack = (bringer: RolloutRecord, flight: Flight, holds: readonly Hold[], now: Date): RolloutRecord => {
  const at = now.toISOString();
  const last = flight.plan.steps.length - 1;
  const [first] = holds;
  return {
    id: hexOf(digestOf(`evicted ${bringer.id} ${first?.id}`)).slice(0, 20),
    correlationId: first?.id ?? bringer.id,
    deployment: bringer.deployment,
    model: bringer.model,
    version: bringer.version,
    environment: bringer.environment,
    requestedAt: at,
    revision: 0,
    phase: 'underway',
    flight,
    step: last,
    share: 1,
    safe: last,
    sequence: 0,
    rollback: { by: { kind: 'signal', signal: 'rollout.evicted' }, at, reasons: holds.map(heldBy) },
  };
};

const evictFrom = async (ports: EvictPorts, list: HoldList, deployment: Deployment): Promise<string[]> => {
  const now = ports.clock.now();
  const bringer = await bringerOf(ports, deployment);
  if (bringer === undefined) return [];
  const flight = flightOf(bringer);
  const holds = evictions(list, deployment, bringer.version, now);
  const isBeforeHeld = evictions(list, deployment, flight.baseline.version, now).length > 0;
  if (holds.length === 0 || isBeforeHeld) return [];
  const back = wayBack(bringer, flight, holds, now);
  const { outcome } = await ports.rollouts.open(back);
  return outcome === 'opened' ? [back.id] : [];
};

export type Evicted = { readonly opened: string[]; readonly failed: { readonly deployment: string; why: unknown }[] };

const mayBeHeld = (list: HoldList, deployment: Deployment, now: Date): boolean =>
  list.holds.some(({ scope }) => {
    const version = 'everything' in scope ? undefined : scope.version;
    return evictions(list, deployment, version, now).length > 0;
  });

/**
 * Opens a way back for every deployment whose rolled-out version an evicting hold concerns: to the version that served
 * before, unless that is evicted too; and for every target that somebody moved past the plane to what may not serve. A
 * target that a rollout has is left to it until it is over.
 */
export const evictServed = async (ports: EvictPorts): Promise<Evicted> => {
  const evicted: Evicted = { opened: [], failed: [] };
  const list = await ports.holds.list().catch((cause: unknown) => {
    // What cannot be read stops what moves on, and evicts nothing.
    if (cause instanceof ListUnreadable) return undefined;
    throw cause;
  });
  if (!list?.holds.some(({ effect }) => effect === 'evict')) return evicted;
  const now = ports.clock.now();
  for (const deployment of await ports.deployments.all()) {
    const failed = (why: unknown) => {
      evicted.failed.push({ deployment: deployment.name, why });
      return [];
    };
    evicted.opened.push(...(await restoreDeclared(ports, list, deployment).catch(failed)));
    if (mayBeHeld(list, deployment, now))
      evicted.opened.push(...(await evictFrom(ports, list, deployment).catch(failed)));
  }
  return evicted;
};
