import { execFileSync } from 'node:child_process';
import { planFeatures, RunningTally } from '../core/telemetry/running-tally.ts';
import { declared, type Event, eventOf, names, summarised } from './inference-lines.ts';
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

/** What counting costs against a plain sum and against JSON.parse, and the memory for a large file. */
export const sketching: Benchmark = async (tell) => {
  const large = memory(tell);
  tell('throughput');
  const rate = await throughput();
  return {
    tables: [rate, large],
    notes: [
      'The sum does nothing but add; a sketch finds the bin of each value, and counts what is missing or out of range.',
    ],
  };
};
