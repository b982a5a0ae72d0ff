import type { FileScan } from '../../core/scanning/contract.ts';

/** What was asked for and could not be looked at. */
export type Unread = { readonly path: string; readonly problem: string };

export type ScanDocument = {
  /** One for each file given or found. */
  readonly files: readonly Omit<FileScan, 'references'>[];
  /** What was given and could not be read; left out when there is nothing. */
  readonly unread?: readonly Unread[];
};
