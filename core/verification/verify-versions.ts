import { ModelId, type Subject, VersionId } from '../kernel/identity.ts';
import { metrics } from '../kernel/metrics.ts';
import { deepen, spotCheck } from './deepen.ts';
import { isOver, type Meter } from './meter.ts';
import { drawn, dueForCheck, dueForHashing, hashAge, isHashedLate, lateness, type Standing } from './plan.ts';
import type { Named } from './ports.ts';
import { nameOf, type Run, type VerificationPorts } from './run.ts';
import { settleReaders } from './settle-readers.ts';
import { visit } from './visit.ts';

/** Objects that one run reads out of turn, at most. */
const SPOTS = 20;

/** How many versions. */
type Looked = { readonly checked: number; readonly failed: number; readonly altered: number };

/** What cannot be told is nobody's fault: then everything is looked at as if it served nowhere, and nothing is denied. */
const servedNow = async ({ serving }: VerificationPorts): Promise<ReadonlySet<string>> => {
  const { served } = await serving.look().catch(() => ({ served: [] as readonly Named[] }));
  return new Set(served.map(nameOf));
};

const begin = async (ports: VerificationPorts): Promise<Run> => {
  const now = ports.clock.now();
  const meter: Meter = { clock: ports.clock, until: new Date(now.getTime() + ports.seconds * 1000), bytes: 0 };
  const [marks, served, records] = await Promise.all([ports.marks.all(), servedNow(ports), ports.registered.all()]);
  const open = marks.filter(({ altered }) => altered !== null);
  const firstAltered = open.toSorted((a, b) => ((a.altered?.since ?? '') < (b.altered?.since ?? '') ? -1 : 1));
  return {
    ports,
    meter,
    at: now.toISOString(),
    records: new Map(records.map((record) => [nameOf(record), record])),
    served,
    marks: new Map(marks.map((mark) => [nameOf(mark), mark])),
    visited: new Map(),
    altered: new Set(firstAltered.map(nameOf)),
    failed: new Set(),
  };
};

const standingsOf = ({ records, marks, served }: Run): Standing[] =>
  [...new Set([...records.keys(), ...marks.keys()])].map((name) => ({
    name,
    record: records.get(name),
    mark: marks.get(name),
    serves: served.has(name),
  }));

const subjectOf = ({ record, mark }: Standing): Subject => {
  const { model, version } = (record ?? mark) as Subject;
  return { model, version };
};

/** Half of the bytes go round, so that all are read within a time; half are read out of turn, so that no time is safe. */
const readBytes = async (run: Run): Promise<void> => {
  const { rules, random } = run.ports;
  const half = Math.ceil(rules.bytesPerRun / 2);
  const now = new Date(run.at);
  const round = { left: half, isFresh: true };
  for (const standing of dueForHashing(standingsOf(run), now, rules)) {
    if (isOver(run.meter) || round.left <= 0) break;
    await deepen(run, await visit(run, subjectOf(standing)), round);
  }
  const spots = { left: half, isFresh: false };
  const registered = standingsOf(run).filter(({ record }) => record !== undefined);
  for (let spot = 0; spot < SPOTS && spots.left > 0 && !isOver(run.meter); spot++) {
    const standing = drawn(registered, random);
    if (standing === undefined) return;
    await spotCheck(run, await visit(run, subjectOf(standing)), spots);
  }
};

const measureRun = (run: Run, { measure, rules, clock }: VerificationPorts): void => {
  const now = clock.now();
  const standings = standingsOf(run);
  const late = standings.filter((standing) => isHashedLate(standing, now, rules)).map(({ name }) => name);
  const waited = standings.map((standing) => lateness(standing, now, rules));
  const ages = standings.flatMap((standing) => (standing.record === undefined ? [] : [hashAge(standing, now)]));
  measure(metrics.versionsVerified, run.visited.size - run.failed.size);
  measure(metrics.versionsUnverified, new Set([...run.failed, ...late]).size);
  measure(metrics.versionsAltered, run.altered.size);
  measure(metrics.verificationAge, Math.max(0, ...waited.filter(Number.isFinite)) / 1000);
  measure(metrics.hashAge, Math.max(0, ...ages.filter(Number.isFinite)) / 1000);
  measure(metrics.bytesHashed, run.meter.bytes);
};

/**
 * Looks at registered versions again: what serves in every run, the others in turn; and reads as many bytes as the stage
 * allows. What differs is evidence, a hold that evicts, and kept from readers as soon as nothing serves it. Whatever may
 * be repeated, by two runs at once too.
 * @throws what kept it from telling whom to deny what, after everything else is done
 */
export const verifyVersions = (ports: VerificationPorts) => async (): Promise<Looked> => {
  const run = await begin(ports);
  for (const standing of dueForCheck(standingsOf(run), new Date(run.at), ports.rules)) {
    if (isOver(run.meter)) break;
    await visit(run, subjectOf(standing));
  }
  await readBytes(run);
  try {
    await settleReaders(run);
  } finally {
    measureRun(run, ports);
  }
  return { checked: run.visited.size, failed: run.failed.size, altered: run.altered.size };
};

/** Looks at one version now, and reads all of its bytes that the time allows: for whoever mended it and waits. */
export const verifyOne =
  (ports: VerificationPorts) =>
  async (named: Named): Promise<Looked> => {
    const run = await begin(ports);
    const subject = { model: ModelId.parse(named.model), version: VersionId.parse(named.version) };
    if (!run.records.has(nameOf(subject)) && !run.marks.has(nameOf(subject)))
      throw new RangeError(`${subject.model} ${subject.version} is not registered`);
    await deepen(run, await visit(run, subject), { left: Number.POSITIVE_INFINITY, isFresh: true });
    await settleReaders(run);
    return { checked: run.visited.size, failed: run.failed.size, altered: run.altered.size };
  };
