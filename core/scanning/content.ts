import type { ByteSource } from './byte-source.ts';
import type { Scan } from './scan.ts';

/** Content somewhere in a file: its name there, the label of the findings, how many containers it is in. */
export type Content = {
  readonly source: ByteSource;
  readonly name: string;
  readonly member: string | undefined;
  readonly depth: number;
};

/** Scans any content: what a container does with its members. */
export type ScanContent = (scan: Scan, content: Content) => Promise<string>;
