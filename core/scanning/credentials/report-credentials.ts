import type { Scan } from '../scan.ts';
import { type Credential, credentialsIn } from './find-credentials.ts';

type Member = string | undefined;

const report = (scan: Scan, { rule, what }: Credential, at: { offset?: number; member: Member }): void =>
  scan.report(rule, { what, ...at });

/** Credentials of a string that stands somewhere in a binary file. */
export const reportCredentials = (scan: Scan, text: string, at: { offset?: number; member: Member }): void => {
  for (const found of credentialsIn(text)) report(scan, found, at);
};

/** The longest credential, with what must stand around it. */
const OVERLAP = 8192;

/** Credentials of a text that comes in parts of any length. */
export class CredentialSearch {
  readonly #scan: Scan;
  readonly #member: Member;
  #held = '';
  /** Bytes of the file in front of what is held. */
  #before = 0;
  /** What begins in front of this has been looked at. */
  #done = 0;

  constructor(scan: Scan, member: Member) {
    this.#scan = scan;
    this.#member = member;
  }

  add(part: string): void {
    this.#held += part;
    if (this.#held.length < 2 * OVERLAP) return;
    this.#look(this.#held.length - OVERLAP);
    const passed = this.#held.length - 2 * OVERLAP;
    this.#before += Buffer.byteLength(this.#held.slice(0, passed));
    this.#held = this.#held.slice(passed);
    this.#done -= passed;
  }

  end(): void {
    this.#look(this.#held.length);
    this.#held = '';
  }

  #look(until: number): void {
    for (const found of credentialsIn(this.#held)) {
      if (found.at < this.#done || found.at >= until) continue;
      const offset = this.#before + Buffer.byteLength(this.#held.slice(0, found.at));
      report(this.#scan, found, { offset, member: this.#member });
    }
    this.#done = until;
  }
}
