import { checkWindow } from '../core/drift/check-window.ts';
import { DriftSettings, DriftWindows, SchemaSettings } from '../core/drift/contract.ts';
import { planWindows } from '../core/drift/plan-windows.ts';
import { type Tally, Window } from '../core/telemetry/contract.ts';
import type { DeclaredFeature } from '../core/telemetry/feature-counts.ts';
import { mergedTally } from '../core/telemetry/merged-tally.ts';
import { planFeatures, RunningTally } from '../core/telemetry/running-tally.ts';
import { windowBytes } from '../core/telemetry/window.ts';
import type { Benchmark } from './report.ts';
import { seeded } from './simulated-traffic.ts';

// What one check of 24 hours against 28 days takes, 50 features, by how much traffic there was.

const FEATURES = 50;
const ROUNDS = 12;
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

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

const measured = (hourly: number): { read: number; judge: number; kilobytes: number } => {
  const { texts, baseline } = windowsWith(hourly);
  const [drift, schema] = [DriftSettings.parse({}), SchemaSettings.parse({})];
  const [read, judge]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    const windows = texts.map((text) => Window.parse(JSON.parse(text)));
    const parsed = performance.now();
    checkWindow({ plan: windowPlan, windows, merge: mergedTally, baseline, accepted: new Map(), drift, schema });
    if (round < 2) continue;
    read.push(parsed - began);
    judge.push(performance.now() - parsed);
  }
  return {
    read: median(read),
    judge: median(judge),
    kilobytes: texts.reduce((sum, text) => sum + text.length, 0) / 1000,
  };
};

/** Time per check, of JSON and of everything after it: merging 24 hours, comparing with 28 days, schema. */
export const check: Benchmark = async (tell) => {
  const rows = [200, 2000, 20_000].map((hourly) => {
    tell(`${hourly} events an hour`);
    const { read, judge, kilobytes } = measured(hourly);
    return [`${hourly}`, kilobytes, read, judge];
  });
  return {
    tables: [
      {
        title: `One check of ${FEATURES} features: 52 windows, median of ${ROUNDS - 2} rounds`,
        columns: ['events an hour', 'read, KB', 'JSON to windows, ms', 'merge and judge, ms'],
        rows,
      },
    ],
    notes: [
      'Reading the 52 objects is not in it. A window has a bound on its bins, so its cost stops growing with traffic.',
    ],
  };
};
