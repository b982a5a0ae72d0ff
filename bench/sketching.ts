import { DriftSettings } from '../core/drift/contract.ts';
import { detectDrift } from '../core/drift/detect-drift.ts';
import { CaptureLimits } from '../core/telemetry/capture-limits.ts';
import { type Tally, Window } from '../core/telemetry/contract.ts';
import type { DeclaredFeature } from '../core/telemetry/feature-counts.ts';
import { planFeatures, RunningTally } from '../core/telemetry/running-tally.ts';
import { summarise } from '../core/telemetry/summarise.ts';
import { rollUp, windowBytes } from '../core/telemetry/window.ts';
import { type Random, seeded } from './simulated-traffic.ts';

// What counting costs against a plain sum and against JSON.parse, how much memory a large file takes, and what a check
// takes. `node bench/sketching.ts [megabytes of the large file]`
const MEGABYTES = Number(process.argv[2] ?? 1000);
const FEATURES = 20;
const EVENTS = 50_000;
const ROUNDS = 5;

const names = Array.from({ length: FEATURES }, (_, index) => `feature_${index}`);
const declared: DeclaredFeature[] = names.map((name) => ({ name, type: 'number', required: true, personal: false }));

type Event = { readonly timestamp: string; readonly features: Readonly<Record<string, number>> } & Record<
  string,
  unknown
>;

const STORED_AT = Date.parse('2026-11-23T12:00:00Z');
const eventOf = ({ normal, uniform }: Random, index: number, minutes: number): Event => ({
  schema_version: 1,
  request_id: `request-${index}`,
  model: 'credit-risk',
  version: '3',
  deployment: 'production',
  timestamp: new Date(STORED_AT - Math.floor(uniform() * minutes * 60_000)).toISOString(),
  latency: 20 * Math.exp(0.5 * normal()),
  status: uniform() < 0.01 ? 'error' : 'ok',
  features: Object.fromEntries(
    names.map((name, kind) => [name, kind % 2 === 0 ? 50 + 10 * normal() : Math.exp(normal())]),
  ),
  prediction: uniform() < 0.7 ? 1 : 0,
  score: uniform(),
});

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number;
const secondsOf = async (work: () => unknown): Promise<number> => {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
};
const millions = (count: number, seconds: number): string => `${(count / seconds / 1e6).toFixed(1)} M/s`;

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}
const summarised = async (bytes: AsyncIterable<Uint8Array>) => {
  const file = { source: { key: 'a', versionId: '1' }, storedAt: new Date(STORED_AT), bytes };
  let parts = 0;
  let events = 0;
  for await (const part of summarise(file, { featuresOf: async () => declared, limits: CaptureLimits.parse({}) })) {
    parts += 1;
    events += part.ledger?.events ?? 0;
  }
  return { parts, events };
};

const throughput = async (lines: readonly string[], bytes: Uint8Array): Promise<void> => {
  const parsed = lines.map((line) => JSON.parse(line) as Event);
  const values = parsed.length * FEATURES;
  const plan = planFeatures(declared, undefined);
  let sink = 0;
  const sum = () => {
    for (const { features } of parsed) for (const name of names) sink += features[name] as number;
  };
  const sketch = () => {
    const tally = new RunningTally();
    for (const { features } of parsed) tally.addFeatures(features, plan);
    sink += tally.withFeatures;
  };
  const parse = () => {
    for (const line of lines) sink += (JSON.parse(line) as Event).latency as number;
  };
  const whole = async () => {
    sink += (await summarised(chunks(bytes))).events;
  };
  const ways: [string, () => unknown][] = [
    ['plain sum of the parsed values', sum],
    ['sketches of the parsed values', sketch],
    ['JSON.parse of the lines', parse],
    ['the whole of summarise, from bytes', whole],
  ];
  const seconds = new Map(ways.map(([name]) => [name, [] as number[]]));
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const [name, work] of ways) {
      const taken = await secondsOf(work);
      if (round > 0) seconds.get(name)?.push(taken);
    }
  const of = (index: number) => median(seconds.get((ways[index] as [string, unknown])[0]) ?? []);
  console.log(
    `${parsed.length} events of ${FEATURES} numbers each, ${(bytes.length / 1e6).toFixed(0)} MB (${sink > 0 ? 'median' : ''} of ${ROUNDS} rounds)`,
  );
  ways.forEach(([name], index) => {
    console.log(`  ${name.padEnd(36)} ${millions(values, of(index)).padStart(10)}`);
  });
  console.log(
    `  sketches take ${(of(1) / of(0)).toFixed(1)} times as long as the sum, and ${(of(1) / of(2)).toFixed(2)} of JSON.parse`,
  );
  console.log(`  summarise takes ${(of(3) / of(2)).toFixed(2)} times as long as JSON.parse of the same lines alone`);
};

/** Every event is another one, as in a real file: repeating a block would fill fewer bins. */
async function* largeFile(minutes: number): AsyncGenerator<Uint8Array> {
  const random = seeded(minutes);
  for (let written = 0; written < MEGABYTES * 1e6; ) {
    const block = Array.from({ length: 200 }, (_, index) => `${JSON.stringify(eventOf(random, index, minutes))}\n`);
    const chunk = Buffer.from(block.join(''));
    written += chunk.length;
    yield chunk;
  }
}

const memory = async (minutes: number): Promise<void> => {
  const before = process.memoryUsage().rss;
  let peak = before;
  async function* watched(): AsyncGenerator<Uint8Array> {
    for await (const chunk of largeFile(minutes)) {
      peak = Math.max(peak, process.memoryUsage().rss);
      yield chunk;
    }
  }
  const { parts, events } = await summarised(watched());
  const MiB = (size: number) => (size / 2 ** 20).toFixed(0);
  console.log(
    `A file of ${MEGABYTES} MB over ${minutes} minutes: ${events} events, a summary of ${parts} part(s), ` +
      `at most ${MiB(peak)} MiB in use, ${MiB(peak - before)} MiB more than before`,
  );
};

/** A day-long window of 50 features, each with as many bins as its values have. */
const windowOf = (seed: number, grain: Window['grain'], start: string, n: number): Window => {
  const { normal } = seeded(seed);
  const features = Array.from({ length: 50 }, (_, index) => ({
    ...(declared[0] as DeclaredFeature),
    name: `f${index}`,
  }));
  const plan = planFeatures(features, undefined);
  const tally = new RunningTally();
  for (let row = 0; row < n; row += 1)
    tally.addFeatures(Object.fromEntries(features.map(({ name }) => [name, normal()])), plan);
  const stream = { model: 'm', version: '1', deployment: 'd' };
  return Window.parse({ windowVersion: 1, grain, start, stream, tally: tally.form() });
};

const check = async (): Promise<void> => {
  const day = (back: number) => new Date(STORED_AT - back * 86_400_000).toISOString();
  const baseline = windowOf(1, 'day', day(100), 20_000).tally;
  const history = Array.from({ length: 28 }, (_, back) =>
    windowBytes(windowOf(2 + back, 'day', day(30 - back), 20_000)),
  );
  const hours = Array.from({ length: 24 }, (_, hour) =>
    windowBytes(windowOf(50 + hour, 'hour', `2026-11-23T${String(hour).padStart(2, '0')}:00:00Z`, 5000)),
  );
  const settings = DriftSettings.parse({});
  const read = (texts: readonly string[]): Window[] => texts.map((text) => Window.parse(JSON.parse(text)));
  const merged = (windows: readonly Window[]): Tally => (rollUp(windows, 'day')[0] as Window).tally;
  const [days, current] = [read(history).map(({ tally }) => tally), merged(read(hours))];
  const all: number[] = [];
  const only: number[] = [];
  for (let round = 0; round < 12; round += 1) {
    const took = await secondsOf(() =>
      detectDrift(
        { baseline, history: read(history).map(({ tally }) => tally), current: merged(read(hours)) },
        settings,
      ),
    );
    const judged = await secondsOf(() => detectDrift({ baseline, history: days, current }, settings));
    if (round > 1) {
      all.push(took * 1000);
      only.push(judged * 1000);
    }
  }
  const kilobytes = [...history, ...hours].reduce((sum, text) => sum + text.length, 0) / 1000;
  console.log(
    `A check of 24 hours against 28 days, 50 features: ${median(only).toFixed(0)} ms in core; ` +
      `${median(all).toFixed(0)} ms with reading and merging 52 windows (${kilobytes.toFixed(0)} KB of JSON)`,
  );
};

// Memory first: what comes before counts.
await memory(15);
await memory(24 * 60);
const random = seeded(1);
const lines = Array.from({ length: EVENTS }, (_, index) => JSON.stringify(eventOf(random, index, 15)));
await throughput(lines, Buffer.from(`${lines.join('\n')}\n`));
await check();
