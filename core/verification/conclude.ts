import { canonicalJson, type Json } from '../kernel/canonical-json.ts';
import { digestOf } from '../kernel/digest.ts';
import { keepEvidence } from '../kernel/evidence.ts';
import type { Reason } from '../kernel/reason.ts';
import { ALTERED, AlteredReport, TOLD_REASONS, type VersionMark, verification } from './contract.ts';
import { alteredFact, restoredFact } from './facts.ts';
import type { RequestedHold } from './ports.ts';
import { nameOf, type Run, writeMark } from './run.ts';

/** What a run found of one version: what the mark will say, before anything follows from it. */
export type Found = {
  readonly before: VersionMark;
  readonly root: AlteredReport['root'];
  /** Without reading bytes. */
  readonly reasons: readonly Reason[];
  /** By reading them. */
  readonly broken: readonly Reason[];
};

/** A version of which nobody knows anything yet. */
export const unseen = ({ model, version }: Pick<VersionMark, 'model' | 'version'>, at: string): VersionMark => ({
  model,
  version,
  revision: 0,
  triedAt: at,
  checkedAt: null,
  hashedAt: null,
  pass: null,
  broken: [],
  altered: null,
  quarantinedAt: null,
  failed: null,
});

/** So many holds can be read by a person, and by whoever has to read all of them before every step. */
const MOST_HELD = 100;
const TOLD_IN_A_HOLD = 3;

const asOne = (reasons: readonly Reason[]): Reason => {
  const [first] = reasons as readonly [Reason];
  const told = reasons.slice(0, TOLD_IN_A_HOLD).map(({ path, message }) => (path ? `${path}: ${message}` : message));
  const more = reasons.length - told.length;
  const { path, ...rest } = first;
  return { ...rest, message: [...told, ...(more > 0 ? [`and ${more} more`] : [])].join('; ') };
};

const tooMany = (): Reason => ({
  rule: ALTERED,
  message: `more than ${MOST_HELD} registered versions are not what was registered: look for one cause`,
});

/**
 * Tampered evicts. Beyond a hundred versions the cause is one, and a hold for each would make the list of holds
 * unreadable, which closes every door anyway: then one hold pauses everything, and evicts nothing.
 */
const holdFor = (
  run: Run,
  mark: VersionMark,
  altered: NonNullable<VersionMark['altered']>,
  reasons: readonly Reason[],
) => {
  run.altered.add(nameOf(mark));
  const isOneOfMany = [...run.altered].indexOf(nameOf(mark)) >= MOST_HELD;
  const hold: RequestedHold = isOneOfMany
    ? { scope: { everything: true }, effect: 'pause', reason: tooMany(), evidence: [altered.report] }
    : {
        scope: { model: mark.model, version: mark.version },
        effect: 'evict',
        reason: asOne(reasons),
        evidence: [altered.report],
      };
  return run.ports.placeHold(hold);
};

const alteredNow = async (run: Run, { before, root }: Found, reasons: readonly Reason[]) => {
  const { model, version } = before;
  const digest = digestOf(
    canonicalJson(reasons.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) as Json),
  );
  const known = before.altered?.digest === digest ? before.altered : undefined;
  const document = { reportVersion: 1 as const, model, version, root, at: run.at, reasons: [...reasons] };
  const key = verification.keys.report(before, run.at, digest);
  const report = known?.report ?? (await keepEvidence(run.ports.evidence, key, AlteredReport, document)).ref;
  const altered = {
    since: before.altered?.since ?? run.at,
    now: true,
    reasons: reasons.slice(0, TOLD_REASONS),
    reasonCount: reasons.length,
    report,
    digest,
  };
  return { altered, isNews: known?.now !== true };
};

/**
 * Writes down what was found. Evidence, then the hold, then the mark with its fact: a run that dies in between is made up
 * for by the next, which asks for the same hold.
 */
export const conclude = async (run: Run, found: Found): Promise<VersionMark> => {
  const { before } = found;
  const reasons = [...found.reasons, ...found.broken];
  const looked = {
    ...before,
    triedAt: run.at,
    checkedAt: run.at,
    failed: null,
    broken: found.broken.slice(0, TOLD_REASONS),
  };
  if (reasons.length > 0) {
    const { altered, isNews } = await alteredNow(run, found, reasons);
    await holdFor(run, before, altered, reasons);
    const fact = isNews ? alteredFact(before, altered, run.at) : undefined;
    return writeMark(run, { ...looked, hashedAt: null, pass: null, altered }, fact);
  }
  if (before.altered === null) return writeMark(run, looked);
  // Readers who were kept from it get it back only once nobody holds it any more.
  if (before.hashedAt === null || before.quarantinedAt !== null)
    return writeMark(run, { ...looked, altered: { ...before.altered, now: false } });
  run.altered.delete(nameOf(before));
  return writeMark(run, { ...looked, altered: null }, restoredFact(before, before.altered, run.at));
};
