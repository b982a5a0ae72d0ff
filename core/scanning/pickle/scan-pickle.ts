import type { ByteStream } from '../byte-stream.ts';
import { limit, type Scan } from '../scan.ts';
import { TAG } from './cells.ts';
import { Machine, Malformed, type RawArray } from './machine.ts';
import { ARGUMENT_OF, NO_OPCODE, opcodeByName } from './opcodes.ts';
import { run } from './run.ts';

export type PickleScan = {
  /** The stream ran to its STOP without an error. */
  readonly complete: boolean;
  /** Something that is not on the allowlist was called or changed. */
  readonly acted: boolean;
  /** An array without padding byte was skipped: an unpickler other than joblib's would have read it as opcodes. */
  readonly ambiguous: boolean;
};

export type StreamOptions = {
  readonly scan: Scan;
  readonly member: string | undefined;
  readonly joblib: boolean;
  /** Scans bytes that the stream hands to a loader of files; without it they are refused. */
  readonly scanEmbedded?: (content: Uint8Array) => Promise<void>;
};

/** joblib pads to 16 bytes. The padding byte is no opcode: for a plain unpickler the stream ends in an error there. */
const MAX_PADDING = 16;
const PADDING = 0xff;

const skipPadding = async (stream: ByteStream): Promise<void> => {
  await stream.fill(1 + MAX_PADDING);
  const length = stream.window[0] ?? PADDING;
  const padding = stream.window.subarray(1, 1 + length);
  if (length > MAX_PADDING || padding.length < length || padding.some((byte) => byte !== PADDING))
    throw new Malformed('array bytes without the padding that joblib writes', 'joblib.array-header');
  await stream.advance(1 + length);
};

/** @returns whether a plain unpickler might read on into the array */
const skipArray = async (stream: ByteStream, array: RawArray, options: StreamOptions): Promise<boolean> => {
  if (array.dtype.hasObject) {
    await scanStream(stream, { ...options, joblib: false });
    return false;
  }
  if (array.aligned) await skipPadding(stream);
  const size = array.dtype.itemSize * array.count;
  if (stream.position + size > stream.end)
    throw new Malformed('an array longer than the file', 'pickle.length-beyond-end');
  await stream.advance(size);
  return !array.aligned && size > 0;
};

const scanEmbedded = async (stream: ByteStream, length: number, options: StreamOptions): Promise<void> => {
  const { limits } = options.scan;
  if (length > limits.heldBytes) throw limit('heldBytes', limits);
  await stream.fill(length);
  await options.scanEmbedded?.(stream.window.slice(0, length));
  await stream.advance(length);
};

/** Structures grow by sharing: weight per opcode is small in honest files, however large they are. */
const MAX_WEIGHT = 1e8;
const MAX_WEIGHT_PER_BYTE = 1e5;

const checkExpansion = (m: Machine, bytes: number): void => {
  const { heaviest } = m.containers;
  if (heaviest > MAX_WEIGHT && heaviest / bytes > MAX_WEIGHT_PER_BYTE)
    m.report('pickle.expansion', `${bytes} bytes stand for ${heaviest.toExponential(1)} values`);
};

const walk = async (stream: ByteStream, m: Machine, options: StreamOptions): Promise<{ ambiguous: boolean }> => {
  const { limits } = options.scan;
  let ambiguous = false;
  for (;;) {
    const { consumed, needed } = run(m, stream.window, stream.position, stream.end);
    await stream.advance(consumed);
    if (m.stopped) return { ambiguous };
    if (m.array !== undefined) {
      ambiguous = (await skipArray(stream, m.array, options)) || ambiguous;
      m.array = undefined;
      m.stack.tags[m.stack.length - 1] = TAG.opaque;
      continue;
    }
    if (m.embeddedLength !== undefined) {
      await scanEmbedded(stream, m.embeddedLength, options);
      m.embeddedLength = undefined;
      continue;
    }
    if (needed > limits.lineBytes * 2) throw limit('lineBytes', limits);
    const before = stream.window.length;
    await stream.fill(needed);
    if (stream.window.length < needed && stream.window.length === before)
      throw new Malformed('the stream ends before its STOP', 'pickle.truncated');
  }
};

/** Walks one pickle from the stream's position to its STOP. */
export const scanStream = async (stream: ByteStream, options: StreamOptions): Promise<PickleScan> => {
  const m = new Machine({ ...options, embedded: options.scanEmbedded !== undefined });
  const start = stream.position;
  let ambiguous = false;
  let complete = false;
  try {
    ({ ambiguous } = await walk(stream, m, options));
    complete = true;
    if (m.frameEnd !== -1 && stream.position < m.frameEnd)
      m.report('pickle.frame-mismatch', 'the stream stops before the end of its frame');
  } catch (cause) {
    if (!(cause instanceof Malformed)) throw cause;
    m.report(cause.rule, cause.message);
  }
  checkExpansion(m, Math.max(1, stream.position - start));
  return { complete, acted: m.acted, ambiguous };
};

/** What another loader would make of the bytes. */
export type Probe = Pick<PickleScan, 'complete' | 'acted'> & { readonly what: string | undefined };

/** With these a stream ends in an error at once: they work on values, and there are none yet. */
const NEEDS_VALUES: ReadonlySet<number> = new Set(
  [
    'STOP POP POP_MARK DUP TUPLE TUPLE1 TUPLE2 TUPLE3 LIST DICT FROZENSET APPEND APPENDS SETITEM SETITEMS ADDITEMS',
    'REDUCE BUILD NEWOBJ NEWOBJ_EX OBJ STACK_GLOBAL BINPERSID MEMOIZE BINPUT LONG_BINPUT BINGET LONG_BINGET',
  ]
    .join(' ')
    .split(' ')
    .map(opcodeByName),
);

/** Whether a pickle may begin with the byte: most content that is none is told by it. */
export const mayBegin = (byte: number): boolean => ARGUMENT_OF[byte] !== NO_OPCODE && !NEEDS_VALUES.has(byte);

const NO_PICKLE: Probe = { complete: false, acted: false, what: undefined };

/** How another loader would read the same bytes, without reporting it. */
export const probePickle = async (stream: ByteStream, scan: Scan): Promise<Probe> => {
  await stream.fill(1);
  if (!mayBegin(stream.window[0] ?? 0)) return NO_PICKLE;
  const quiet = scan.quiet();
  const result = await quiet.attempt(() => scanStream(stream, { scan: quiet, member: undefined, joblib: false }));
  if (result === undefined) return NO_PICKLE;
  return { complete: result.complete, acted: result.acted, what: quiet.findings[0]?.what };
};
