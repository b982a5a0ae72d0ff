/** Every bound on what hostile input may cost. Crossing one is a finding, so a file beyond a limit is never clean. */
export type ScanLimits = {
  /** Bytes asked of the source for one file, and in how many reads. */
  readonly bytesRead: number;
  readonly reads: number;
  /** Bytes that decompression may give for one file, all members and levels together. */
  readonly decompressedBytes: number;
  /** Decompressed content that is held in memory in one piece. */
  readonly heldBytes: number;
  /** Archives, compressed streams and pickles inside one another. */
  readonly depth: number;
  /** Members of an archive, tensors of a header. */
  readonly members: number;
  /** Fields of protobuf messages. */
  readonly fields: number;
  readonly findings: number;
  /** Of the pickle machine: opcodes per file; entries of memo and stack, and distinct names, per pickle. */
  readonly opcodes: number;
  readonly memo: number;
  readonly stack: number;
  readonly names: number;
  /** The longest line of a text-protocol pickle. */
  readonly lineBytes: number;
  /** The largest header, directory or document that is parsed in one piece. */
  readonly headerBytes: number;
};

export type ScanOptions = {
  readonly limits?: Partial<ScanLimits>;
  /** Names that a stage allows in pickles beyond the shipped allowlist, as `module.Name`. */
  readonly allowedGlobals?: readonly string[];
};

const MiB = 1024 * 1024;

export const DEFAULT_LIMITS: ScanLimits = {
  bytesRead: 4096 * MiB,
  reads: 200_000,
  decompressedBytes: 1024 * MiB,
  heldBytes: 32 * MiB,
  depth: 5,
  members: 100_000,
  fields: 20_000_000,
  findings: 100,
  opcodes: 500_000_000,
  memo: 8_000_000,
  stack: 8_000_000,
  names: 20_000,
  lineBytes: MiB,
  headerBytes: 100 * MiB,
};
