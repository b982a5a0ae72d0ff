import { type Grain, MILLISECONDS, type Stream, type Window } from './contract.ts';
import { RunningTally } from './running-tally.ts';

type Spans = { readonly stream: Stream; readonly tallies: Map<number, RunningTally> };

/** Running tallies per stream and span of one grain. */
export class StreamTallies {
  readonly #grain: Grain;
  readonly #streams = new Map<string, Spans>();

  constructor(grain: Grain) {
    this.#grain = grain;
  }

  /** The tally that a moment (milliseconds since 1970) of a stream falls into, if there is one. */
  find({ model, version, deployment }: Stream, moment: number): RunningTally | undefined {
    const spans = this.#streams.get(`${model}/${version}/${deployment}`);
    return spans?.tallies.get(Math.floor(moment / MILLISECONDS[this.#grain]));
  }

  /** The same, which there is from now on. */
  at({ model, version, deployment }: Stream, moment: number): RunningTally {
    const name = `${model}/${version}/${deployment}`;
    let spans = this.#streams.get(name);
    if (spans === undefined) {
      spans = { stream: { model, version, deployment }, tallies: new Map() };
      this.#streams.set(name, spans);
    }
    const span = Math.floor(moment / MILLISECONDS[this.#grain]);
    let tally = spans.tallies.get(span);
    if (tally === undefined) {
      tally = new RunningTally();
      spans.tallies.set(span, tally);
    }
    return tally;
  }

  /** A rough count of the bytes that the tallies hold on to. */
  get weight(): number {
    let weight = 0;
    for (const { tallies } of this.#streams.values()) for (const tally of tallies.values()) weight += tally.weight;
    return weight;
  }

  /** By stream, then by time. */
  windows(): Window[] {
    return [...this.#streams]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([, { stream, tallies }]) =>
        [...tallies]
          .sort(([a], [b]) => a - b)
          .map(([span, tally]): Window => {
            const start = new Date(span * MILLISECONDS[this.#grain]).toISOString();
            return { windowVersion: 1, grain: this.#grain, start, stream, tally: tally.form() };
          }),
      );
  }
}
