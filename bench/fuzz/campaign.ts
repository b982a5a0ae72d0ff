import { Coverage } from './coverage.ts';
import { tryInput } from './invariant.ts';
import { PARSERS, type Parser } from './parsers.ts';
import { Random } from './random.ts';

export type Campaign = {
  readonly parser: string;
  readonly seconds: number;
  readonly seed: number;
};

export type Outcome = {
  readonly runs: number;
  readonly seconds: number;
  readonly seeds: number;
  readonly corpus: number;
  /** Characters of the scanner's source that ran. */
  readonly covered: number;
  readonly coveredBySeeds: number;
  readonly slowestMs: number;
  readonly largestBytes: number;
  readonly failures: readonly Failure[];
};

export type Failure = { readonly broken: string; readonly base64: string };

const LONGEST = 1024 * 1024;
/** Coverage is asked for after so many inputs: asking takes longer than most of them. */
const BATCH = 40;
const MOST_FAILURES = 20;

/** What stands there if an input never comes back. */
export type Watched = (bytes: Uint8Array) => void;

/** One of the inputs, changed once or a few times. */
export const changed = ({ mutators }: Parser, corpus: readonly Uint8Array[], random: Random): Uint8Array => {
  const pick = () => corpus[random.below(corpus.length)] ?? new Uint8Array(1);
  let bytes = pick();
  for (let rounds = 1 + random.below(4); rounds > 0; rounds -= 1) {
    if (bytes.length === 0) return bytes;
    bytes = random.pick(mutators)(bytes, random, pick());
  }
  return bytes.length > LONGEST ? bytes.slice(0, LONGEST) : bytes;
};

export const inputsOf = (parser: Parser): Uint8Array[] =>
  parser.seeds().filter(({ length }) => length > 0 && length <= LONGEST);

class Fuzzer {
  readonly #parser: Parser;
  readonly #random: Random;
  readonly #watched: Watched;
  readonly #coverage = new Coverage();
  readonly corpus: Uint8Array[];
  readonly failures = new Map<string, Failure>();
  runs = 0;
  slowestMs = 0;
  largestBytes = 0;
  coveredBySeeds = 0;

  constructor(parser: Parser, seed: number, watched: Watched) {
    this.#parser = parser;
    this.#random = new Random(seed);
    this.#watched = watched;
    this.corpus = inputsOf(parser);
  }

  get covered(): number {
    return this.#coverage.size;
  }

  async #try(bytes: Uint8Array): Promise<void> {
    this.#watched(bytes);
    const { ms, bytes: grown, broken } = await tryInput(this.#parser.file, bytes);
    this.runs += 1;
    this.slowestMs = Math.max(this.slowestMs, ms);
    this.largestBytes = Math.max(this.largestBytes, grown);
    // One of each kind: what differs between two errors of one place is mostly a number.
    const kind = broken?.replaceAll(/\d+/g, '#').slice(0, 300);
    if (broken !== undefined && kind !== undefined && !this.failures.has(kind) && this.failures.size < MOST_FAILURES)
      this.failures.set(kind, { broken, base64: Buffer.from(bytes).toString('base64') });
  }

  async start(): Promise<void> {
    // What is compiled and loaded only once would count as new for the first input.
    for (const seed of this.corpus.slice(0, 200)) await this.#try(seed);
    await this.#coverage.start();
    for (const seed of this.corpus) await this.#try(seed);
    await this.#coverage.discover();
    this.coveredBySeeds = this.covered;
    this.slowestMs = 0;
    this.largestBytes = 0;
  }

  /** Tries a batch; where something new ran, tries each of it alone and keeps those that are new. */
  async batch(): Promise<void> {
    const inputs = Array.from({ length: BATCH }, () => changed(this.#parser, this.corpus, this.#random));
    for (const input of inputs) await this.#try(input);
    if ((await this.#coverage.discover()) === 0) return;
    for (const input of inputs) {
      if (this.#coverage.uncredited === 0) return;
      this.#watched(input);
      await tryInput(this.#parser.file, input);
      if ((await this.#coverage.credit()) > 0) this.corpus.push(input);
    }
  }
}

/** Tries changed inputs for so long, and keeps those that reach what none reached before. */
export const campaign = async ({ parser: name, seconds, seed }: Campaign, watched: Watched): Promise<Outcome> => {
  const parser = PARSERS[name];
  if (parser === undefined) throw new RangeError(`there is no parser ${name}`);
  const fuzzer = new Fuzzer(parser, seed, watched);
  const seeds = fuzzer.corpus.length;
  if (seeds === 0) throw new RangeError(`no input to begin with for ${name}`);
  await fuzzer.start();
  const began = performance.now();
  const before = fuzzer.runs;
  while (performance.now() - began < seconds * 1000) await fuzzer.batch();
  return {
    runs: fuzzer.runs - before,
    seconds: (performance.now() - began) / 1000,
    seeds,
    corpus: fuzzer.corpus.length,
    covered: fuzzer.covered,
    coveredBySeeds: fuzzer.coveredBySeeds,
    slowestMs: fuzzer.slowestMs,
    largestBytes: fuzzer.largestBytes,
    failures: [...fuzzer.failures.values()],
  };
};
