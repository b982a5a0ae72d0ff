import { checkWindow } from '../core/drift/check-window.ts';
import { DriftSettings, DriftWindows, SchemaSettings } from '../core/drift/contract.ts';
import { planWindows } from '../core/drift/plan-windows.ts';
import type { DeclaredFeature } from '../core/intake/manifest.ts';
import { type Tally, Window } from '../core/telemetry/contract.ts';
import { mergedTally } from '../core/telemetry/merged-tally.ts';
import { planFeatures, RunningTally } from '../core/telemetry/running-tally.ts';
import { windowBytes } from '../core/telemetry/window.ts';
import type { Benchmark, Cell } from './report.ts';
import { median, times } from './sample.ts';
import { seeded } from './simulated-traffic.ts';

// What one check of 24 hours against 28 days takes, 50 features, by how much traffic there was.

const FEATURES = 50;
const ROUNDS = 20;
/** Rounds that are the compiler's. */
const WARM_UP = 5;
/** Processor milliseconds that merging and judging together may take. */
const LIMIT = 50;
const NOW = new Date('2026-11-23T13:15:00Z');
const declared = Array.from(
  { length: FEATURES },
  (_, index): DeclaredFeature => ({ name: `f${index}`, type: 'number', required: true, personal: false }),
);
const plan = planFeatures(declared, undefined);
const windowPlan = planWindows(NOW, DriftWindows.parse({}));
const stream = { model: 'm', version: '1', deployment: 'd' };

const tallyOf = (seed: number, events: number): Tally => {
  const { normal } = seeded(seed);
  const tally = new RunningTally();
  for (let event = 0; event < events; event += 1)
    tally.addFeatures(Object.fromEntries(declared.map(({ name }) => [name, normal()])), plan);
  return tally.form();
};

/** A few windows of distinct traffic, again and again: making 52 would take most of the time. */
const windowsWith = (hourly: number): { texts: string[]; baseline: Tally } => {
  const hours = Array.from({ length: 4 }, (_, seed) => tallyOf(10 + seed, hourly));
  const days = Array.from({ length: 4 }, (_, seed) => tallyOf(20 + seed, 4 * hourly));
  const text = (tallies: readonly Tally[]) => (span: { grain: Window['grain']; start: string }, index: number) =>
    windowBytes(Window.parse({ windowVersion: 1, ...span, stream, tally: tallies[index % tallies.length] }));
  return {
    texts: [...windowPlan.current.map(text(hours)), ...windowPlan.history.flat().map(text(days))],
    baseline: tallyOf(1, 4 * hourly),
  };
};

/** Processor time of all threads of the process, which other programs on the machine change less than the wall clock. */
const taking = <Made>(work: () => Made): { made: Made; processor: number; wall: number } => {
  const [before, began] = [process.cpuUsage(), performance.now()];
  const made = work();
  const wall = performance.now() - began;
  const { user, system } = process.cpuUsage(before);
  return { made, processor: (user + system) / 1000, wall };
};

const measured = (hourly: number): Cell[] => {
  const { texts, baseline } = windowsWith(hourly);
  const [drift, schema] = [DriftSettings.parse({}), SchemaSettings.parse({})];
  const input = { plan: windowPlan, merge: mergedTally, baseline, accepted: new Map(), drift, schema };
  const rounds = times(ROUNDS + WARM_UP).map(() => {
    const read = taking(() => texts.map((text) => Window.parse(JSON.parse(text))));
    const judged = taking(() => checkWindow({ ...input, windows: read.made }));
    return { read: read.processor, judged: judged.processor, wall: judged.wall };
  });
  const middle = (of: (round: (typeof rounds)[number]) => number) => median(rounds.slice(WARM_UP).map(of));
  const judged = middle((round) => round.judged);
  const kilobytes = texts.reduce((sum, text) => sum + text.length, 0) / 1000;
  return [`${hourly}`, kilobytes, middle(({ read }) => read), middle(({ wall }) => wall), judged, judged / LIMIT];
};

/** Time per check, of JSON and of everything after it: merging 24 hours, comparing with 28 days, schema. */
export const check: Benchmark = async (tell) => {
  const rows = [200, 2000, 20_000].map((hourly) => {
    tell(`${hourly} events an hour`);
    return measured(hourly);
  });
  return {
    tables: [
      {
        title: `One check of ${FEATURES} features: 52 windows, median of ${ROUNDS} rounds`,
        columns: [
          'events an hour',
          'read, KB',
          'JSON to windows, processor ms',
          'merge and judge, ms',
          'processor ms',
          `of the required ${LIMIT} ms`,
        ],
        rows,
      },
    ],
    notes: [
      'Reading the 52 objects is not in it. A window has a bound on its bins, so its cost stops growing with traffic.',
    ],
  };
};
