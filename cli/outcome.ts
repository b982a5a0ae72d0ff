import type { Reason } from '../core/kernel/reason.ts';

/** What a script reads first: yes, no, a mistake in the call, or no answer to be had. */
export const EXIT = { yes: 0, no: 1, usage: 2, unknown: 3, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What every verb answers: for a program the document, for a person the text, which holds no colour yet. */
export type Outcome<Document extends object = object> = {
  readonly exitCode: ExitCode;
  readonly document: Document;
  readonly text: string;
};

type Details = Omit<Reason, 'rule'>;

/** Ends a verb without an answer. It says which argument, setting or file is meant, what was found and what helps. */
export class Problem extends Error {
  override readonly name = 'Problem' as const;
  readonly exitCode: ExitCode;
  readonly reason: Reason;
  constructor(exitCode: ExitCode, reason: Reason, options?: ErrorOptions) {
    super(reason.message, options);
    this.exitCode = exitCode;
    this.reason = reason;
  }
}

/** The command was not called as it can be. */
export const misused = (details: Details, options?: ErrorOptions): Problem =>
  new Problem(EXIT.usage, { rule: 'cli.usage', ...details }, options);

/** Network, permissions, time or a broken disk stood between the question and its answer. */
export const couldNotTell = (details: Details, options?: ErrorOptions): Problem =>
  new Problem(EXIT.unknown, { rule: 'cli.could-not-tell', ...details }, options);

export const interrupted = (details: Details): Problem =>
  new Problem(EXIT.interrupted, { rule: 'cli.interrupted', ...details });
