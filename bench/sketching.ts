import { execFileSync } from 'node:child_process';
import { DriftSettings } from '../core/drift/contract.ts';
import { detectDrift } from '../core/drift/detect-drift.ts';
import { type Tally, Window } from '../core/telemetry/contract.ts';
import type { DeclaredFeature } from '../core/telemetry/feature-counts.ts';
import { planFeatures, RunningTally } from '../core/telemetry/running-tally.ts';
import { rollUp, windowBytes } from '../core/telemetry/window.ts';
import { declared, type Event, eventOf, names, STORED_AT, summarised } from './inference-lines.ts';
import type { Benchmark, Cell, Table } from './report.ts';
import { MB, MiB, median, secondsOf, times } from './sample.ts';
import { seeded } from './simulated-traffic.ts';

const EVENTS = 50_000;
const ROUNDS = 5;
const LARGE = 1000 * MB;

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

const throughput = async (): Promise<Table> => {
  const random = seeded(1);
  const lines = times(EVENTS).map((index) => JSON.stringify(eventOf(random, index, 15)));
  const bytes = Buffer.from(`${lines.join('\n')}\n`);
  const parsed = lines.map((line) => JSON.parse(line) as Event);
  const plan = planFeatures(declared, undefined);
  let sink = 0;
  const ways: Readonly<Record<string, () => unknown>> = {
    'plain sum of the parsed values': () => {
      for (const { features } of parsed) for (const name of names) sink += features[name] as number;
    },
    'sketches of the parsed values': () => {
      const tally = new RunningTally();
      for (const { features } of parsed) tally.addFeatures(features, plan);
      sink += tally.withFeatures;
    },
    'JSON.parse of the lines': () => {
      for (const line of lines) sink += (JSON.parse(line) as Event).latency as number;
    },
    'all of summarise, from bytes': async () => {
      sink += (await summarised(chunks(bytes))).events;
    },
  };
  const seconds = Object.fromEntries(Object.keys(ways).map((name) => [name, [] as number[]]));
  for (const round of times(ROUNDS + 1))
    for (const [name, work] of Object.entries(ways)) {
      const took = await secondsOf(work);
      // The first round is the compiler's.
      if (round > 0) seconds[name]?.push(took);
    }
  const [sum = 0, , parse = 0] = Object.values(seconds).map(median);
  return {
    title: `${EVENTS} events of ${names.length} numbers, ${Math.round(bytes.length / MB)} MB of lines; median of ${ROUNDS} rounds${sink > 0 ? '' : '!'}`,
    columns: ['what', 'million values/s', 'time, of the sum', 'time, of JSON.parse'],
    rows: Object.entries(seconds).map(([name, taken]): Cell[] => {
      const took = median(taken);
      return [name, (EVENTS * names.length) / took / 1e6, took / sum, took / parse];
    }),
  };
};

type Memory = { parts: number; events: number; before: number; peak: number };

const memory = (tell: (line: string) => void): Table => {
  const rows = [15, 24 * 60].map((minutes): Cell[] => {
    tell(`a file of ${LARGE / MB} MB over ${minutes} minutes`);
    const script = new URL('capture-memory.ts', import.meta.url).pathname;
    const asked = [script, String(LARGE), String(minutes)];
    const { parts, events, before, peak }: Memory = JSON.parse(
      execFileSync(process.execPath, asked, { encoding: 'utf8' }),
    );
    return [minutes, events, parts, peak / MiB, (peak - before) / MiB];
  });
  return {
    title: `Memory while a capture file of ${LARGE / MB} MB is summarised, each in a process of its own`,
    columns: ['minutes in it', 'events', 'parts of the summary', 'peak MiB', 'more than before MiB'],
    rows,
  };
};

/** A window of 50 features, each with as many bins as its values have. */
const windowOf = (seed: number, grain: Window['grain'], start: string, n: number): Window => {
  const { normal } = seeded(seed);
  const [first] = declared as [DeclaredFeature];
  const features = times(50).map((index) => ({ ...first, name: `f${index}` }));
  const plan = planFeatures(features, undefined);
  const tally = new RunningTally();
  for (const _ of times(n)) tally.addFeatures(Object.fromEntries(features.map(({ name }) => [name, normal()])), plan);
  const stream = { model: 'm', version: '1', deployment: 'd' };
  return Window.parse({ windowVersion: 1, grain, start, stream, tally: tally.form() });
};

const check = async (): Promise<Table> => {
  const day = (back: number) => new Date(STORED_AT - back * 86_400_000).toISOString();
  const hour = (index: number) => new Date(STORED_AT - (24 - index) * 3_600_000).toISOString();
  const baseline = windowOf(1, 'day', day(100), 20_000).tally;
  const stored = (windows: Window[]) => windows.map(windowBytes);
  const history = stored(times(28).map((back) => windowOf(2 + back, 'day', day(30 - back), 20_000)));
  const hours = stored(times(24).map((index) => windowOf(50 + index, 'hour', hour(index), 5000)));
  const read = (texts: readonly string[]): Window[] => texts.map((text) => Window.parse(JSON.parse(text)));
  const merged = (windows: readonly Window[]): Tally => (rollUp(windows, 'day')[0] as Window).tally;
  const settings = DriftSettings.parse({});
  const [days, current] = [read(history).map(({ tally }) => tally), merged(read(hours))];
  const whole = () =>
    detectDrift({ baseline, history: read(history).map(({ tally }) => tally), current: merged(read(hours)) }, settings);
  const core = () => detectDrift({ baseline, history: days, current }, settings);
  const taken: [string, () => unknown][] = [
    ['in core', core],
    ['with parsing and merging 52 windows', whole],
  ];
  const kilobytes = [...history, ...hours].reduce((sum, text) => sum + text.length, 0) / 1000;
  const rows: Cell[][] = [];
  for (const [name, work] of taken) {
    const wall: number[] = [];
    const processor: number[] = [];
    for (const _ of times(12)) {
      const before = process.cpuUsage();
      wall.push((await secondsOf(work)) * 1000);
      const { user, system } = process.cpuUsage(before);
      processor.push((user + system) / 1000);
    }
    rows.push([name, median(wall.slice(2)), median(processor.slice(2)), name === 'in core' ? 50 : '']);
  }
  return {
    title: `A check of 24 hours against 28 days, 50 features, ${Math.round(kilobytes)} KB of windows; median of 10`,
    columns: ['what', 'ms', 'processor ms', 'required ms'],
    rows,
  };
};

/** What counting costs against a plain sum and against JSON.parse, the memory for a large file, and a check. */
export const sketching: Benchmark = async (tell) => {
  const large = memory(tell);
  tell('throughput');
  const rate = await throughput();
  tell('a check');
  return {
    tables: [rate, large, await check()],
    notes: [
      'The sum does nothing but add; a sketch finds the bin of each value, and counts what is missing or out of range.',
      'A check reads windows, so the traffic that is in them does not change what it takes.',
    ],
  };
};
