import { type Profiler, Session } from 'node:inspector/promises';

const LOOKED_AT = /\/core\/scanning\//;

const NEVER = 0;
const KNOWN = 1;
/** Ran in the last batch for the first time; which input of it did that is not known yet. */
const FRESH = 2;

/** One byte for each character of a function: whether it ran. V8 lists ranges from the outside in. */
const painted = ({ ranges }: Profiler.FunctionCoverage): Uint8Array => {
  const [whole] = ranges;
  if (whole === undefined) return new Uint8Array();
  const ran = new Uint8Array(whole.endOffset - whole.startOffset);
  for (const { startOffset, endOffset, count } of ranges)
    ran.fill(count > 0 ? 1 : 0, startOffset - whole.startOffset, endOffset - whole.startOffset);
  return ran;
};

/** Which characters of the scanner's source ran, as V8 counts its blocks. */
export class Coverage {
  readonly #session = new Session();
  readonly #states = new Map<string, Uint8Array>();
  /** Characters that ran at least once. */
  size = 0;
  #fresh = 0;

  async start(): Promise<void> {
    this.#session.connect();
    await this.#session.post('Profiler.enable');
    await this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  #stateOf(url: string, length: number): Uint8Array {
    const known = this.#states.get(url);
    if (known !== undefined && known.length >= length) return known;
    const state = new Uint8Array(Math.max(length, 4096, (known?.length ?? 0) * 2));
    if (known !== undefined) state.set(known);
    this.#states.set(url, state);
    return state;
  }

  /** Moves what ran since the last call from one state to another; says how much that was. */
  async #move(from: number, to: number): Promise<number> {
    const { result } = await this.#session.post('Profiler.takePreciseCoverage');
    let moved = 0;
    for (const { url, functions } of result) {
      if (!LOOKED_AT.test(url)) continue;
      for (const each of functions) {
        const start = each.ranges[0]?.startOffset ?? 0;
        const ran = painted(each);
        const state = this.#stateOf(url, start + ran.length);
        for (let i = 0; i < ran.length; i += 1) {
          if (ran[i] === 0 || state[start + i] !== from) continue;
          state[start + i] = to;
          moved += 1;
        }
      }
    }
    return moved;
  }

  /** How much ran since the last call that never ran before. */
  async discover(): Promise<number> {
    const moved = await this.#move(NEVER, FRESH);
    this.size += moved;
    this.#fresh += moved;
    return moved;
  }

  /** How much of what was just discovered ran since the last call: credit for it is given once. */
  async credit(): Promise<number> {
    const moved = await this.#move(FRESH, KNOWN);
    this.#fresh -= moved;
    return moved;
  }

  get uncredited(): number {
    return this.#fresh;
  }
}
