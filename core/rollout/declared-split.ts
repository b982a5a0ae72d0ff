import type { Backend } from './deployment.ts';
import type { Rollouts, Standing } from './ports.ts';
import { type Flight, flightOf, isOver, type RolloutRecord } from './record.ts';

/** Requests that were refused since the last rollout, at most. */
const LOOKED_AT = 25;

/** The rollouts of a deployment that were not refused, newest first. */
export const flownTo = async (
  rollouts: Pick<Rollouts, 'find' | 'latest'>,
  deployment: string,
): Promise<RolloutRecord[]> => {
  const ids = await rollouts.latest(deployment, LOOKED_AT);
  const records = await Promise.all(ids.map((id) => rollouts.find(id)));
  return records.filter((record) => record?.flight !== undefined && record.phase !== 'refused') as RolloutRecord[];
};

/** What the rollouts that are over left serving, and the one that says so. */
export type Settled = { readonly backend: Backend; readonly by: RolloutRecord };

/** It took back what that rollout had brought, and left what had served before. */
const isWayBackOf = ({ baseline, candidate }: Flight, { by, backend }: Settled): boolean =>
  candidate.id === backend.id && baseline.id === flightOf(by).baseline.id;

/**
 * A rollout takes what it finds for its baseline. One that went back has left what it found, which somebody may have put
 * there past every rollout: what counts is what the rollout before it left, if there was one.
 */
const settledOn = ([newest, ...older]: readonly RolloutRecord[]): Settled | undefined => {
  if (newest === undefined) return undefined;
  if (!isOver(newest)) return settledOn(older);
  const flight = flightOf(newest);
  if (newest.phase === 'completed') return { backend: flight.candidate, by: newest };
  const before = settledOn(older);
  return before === undefined || isWayBackOf(flight, before) ? { backend: flight.baseline, by: newest } : before;
};

/** The share of the candidate, or nothing if the target serves something that is neither. */
export const shareOn = ({ primary, canary }: Standing, record: RolloutRecord): number | undefined => {
  const { baseline, candidate } = flightOf(record);
  if (canary === undefined || canary.share === 0)
    return primary.id === baseline.id ? 0 : primary.id === candidate.id ? 1 : undefined;
  return primary.id === baseline.id && canary.backend.id === candidate.id ? canary.share : undefined;
};

export const SHARE_PRECISION = 1e-6;

export type Declared = {
  /** All that may serve. Nothing, where there was no rollout yet. */
  readonly backends: readonly Backend[];
  readonly settled?: Settled | undefined;
  readonly underway?: RolloutRecord | undefined;
};

/** What the rollouts of a deployment say that its target serves. */
export const declaredBy = (flown: readonly RolloutRecord[]): Declared => {
  const settled = settledOn(flown);
  const underway = flown.find((record) => !isOver(record));
  const flight = underway && flightOf(underway);
  // What a rollout found is declared only if nobody declared anything before.
  const found = flight === undefined ? [] : [...(settled === undefined ? [flight.baseline] : []), flight.candidate];
  return { backends: [...(settled === undefined ? [] : [settled.backend]), ...found], settled, underway };
};

const servedBy = ({ primary, canary }: Standing): Backend[] =>
  canary === undefined || canary.share === 0 ? [primary] : [primary, canary.backend];

/** What serves although no rollout brought it. */
export const strangersIn = (standing: Standing, { backends }: Declared): Backend[] =>
  servedBy(standing).filter(({ id }) => !backends.some((declared) => declared.id === id));

/** While an intent is on its way, the split before it and the one after it are both as declared. */
export const isAsDeclared = (standing: Standing, declared: Declared): boolean => {
  if (strangersIn(standing, declared).length > 0) return false;
  const { underway, settled } = declared;
  if (underway === undefined) return servedBy(standing).length === 1 && standing.primary.id === settled?.backend.id;
  const share = shareOn(standing, underway);
  const shares = [underway.share, ...(underway.intent === undefined ? [] : [underway.intent.share])];
  return share !== undefined && shares.some((allowed) => Math.abs(allowed - share) <= SHARE_PRECISION);
};
