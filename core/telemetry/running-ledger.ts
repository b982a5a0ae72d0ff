import { type Line, LONGEST_LINE } from '../data-set/lines.ts';
import { CategoryCounts } from './category-counts.ts';
import type { Ledger } from './contract.ts';
import { CaptureUnreadable } from './failures.ts';

const SAMPLE = 10;
/** A file that starts with this many lines that are no JSON objects holds no events. */
const HOPELESS = 1000;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** What became of every line of a capture file. */
export class RunningLedger {
  #lines = 0;
  #events = 0;
  #objects = 0;
  readonly #broken = new Map<string, number>();
  readonly #sample: Ledger['brokenSample'] = [];
  readonly #refused = new Map<string, number>();
  readonly #unregistered = new CategoryCounts();

  /**
   * The JSON of a line; undefined when it is broken or empty, which is then counted.
   * @throws CaptureUnreadable after many lines of which not one is an object
   */
  parse(line: Line): unknown {
    if (line.bytes === undefined) return this.#break(line, `longer than ${LONGEST_LINE} bytes`);
    let text: string;
    try {
      text = strictUtf8.decode(line.bytes);
    } catch {
      return this.#break(line, 'not UTF-8');
    }
    if (text.trim() === '') return undefined;
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        return this.#break(line, 'not a JSON object');
      this.#lines += 1;
      this.#objects += 1;
      return value;
    } catch (problem) {
      // Its message quotes the text, so no word of it may be kept.
      if (problem instanceof SyntaxError) return this.#break(line, 'not JSON');
      throw problem;
    }
  }

  count(): void {
    this.#events += 1;
  }

  refuse(reason: string): void {
    this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1);
  }

  refuseUnregistered(subject: string): void {
    this.refuse('unregistered-version');
    this.#unregistered.add(subject);
  }

  /** @throws CaptureUnreadable when there were lines and not one of them was a JSON object */
  form(bytes: number): Ledger {
    if (this.#objects === 0 && this.#lines > 0) throw this.#unreadable();
    return {
      lines: this.#lines,
      bytes,
      events: this.#events,
      broken: Object.fromEntries(this.#broken),
      brokenSample: this.#sample,
      refused: Object.fromEntries(this.#refused),
      unregistered: this.#unregistered.form(),
    };
  }

  #break(line: Line, error: string): undefined {
    this.#lines += 1;
    this.#broken.set(error, (this.#broken.get(error) ?? 0) + 1);
    if (this.#sample.length < SAMPLE) this.#sample.push({ line: line.number, byte: line.byte, error });
    if (this.#objects === 0 && this.#lines >= HOPELESS) throw this.#unreadable();
    return undefined;
  }

  #unreadable(): CaptureUnreadable {
    const [first] = this.#sample;
    return new CaptureUnreadable(`not one of the first ${this.#lines} lines is a JSON object; line 1: ${first?.error}`);
  }
}
