/** What every verb gets besides its arguments. */
export type Context = {
  /** Aborted by Ctrl-C: whoever waits or loops looks at it. */
  readonly signal: AbortSignal;
  /** One line about what is under way, shown in place of the one before. */
  readonly progress: (line: string) => void;
};
