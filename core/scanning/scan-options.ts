/** Every bound on what hostile input may cost. Crossing one is a finding, so a file beyond a limit is never clean. */
export type ScanLimits = {
  /** Bytes asked of the source for one file. */
  readonly bytesRead: number;
  /** Bytes that decompression may give for one file, all members and levels together. */
  readonly decompressedBytes: number;
  /** Archives, pickles and compressed streams inside one another. */
  readonly depth: number;
  readonly members: number;
  readonly findings: number;
  /** Pickle machine, for one file. */
  readonly opcodes: number;
  readonly memo: number;
  readonly stack: number;
  /** The longest string, number or name of one opcode that is looked at. */
  readonly argumentBytes: number;
  /** The largest header, index or document that is parsed in one piece. */
  readonly headerBytes: number;
};

export type ScanOptions = { readonly limits?: Partial<ScanLimits> };

const MiB = 1024 * 1024;

export const DEFAULT_LIMITS: ScanLimits = {
  bytesRead: 2048 * MiB,
  decompressedBytes: 512 * MiB,
  depth: 6,
  members: 20_000,
  findings: 100,
  opcodes: 200_000_000,
  memo: 4_000_000,
  stack: 4_000_000,
  argumentBytes: 1024 * MiB,
  headerBytes: 100 * MiB,
};
