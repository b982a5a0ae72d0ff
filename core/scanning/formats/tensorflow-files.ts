import type { ByteSource } from '../byte-source.ts';
import { startsWith } from '../bytes.ts';
import { type Scan, Unscannable } from '../scan.ts';
import { LENGTH_DELIMITED, ProtobufReader, VARINT } from './protobuf.ts';

const RULE = 'tensorflow.malformed';

/** The end of a LevelDB table. */
const TABLE_END = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];
const FOOTER = 48;
/** The first entry of a checkpoint: an empty key, and a header that begins with the number of shards. */
const FIRST_ENTRY = [0, 0];
const SHARDS_TAG = 0x08;
const LARGEST_SHARDS = 127;

export const isCheckpointIndex = async (head: Uint8Array, source: ByteSource): Promise<boolean> =>
  startsWith(head, FIRST_ENTRY) &&
  head[3] === SHARDS_TAG &&
  source.size >= FOOTER &&
  startsWith(await source.read(source.size - TABLE_END.length, TABLE_END.length), TABLE_END);

const INDEX_NAME = /([^/]+)\.index$/;
const digits = (n: number): string => String(n).padStart(5, '0');

/** The index of a checkpoint lists tensors; their numbers are in files beside it, whose names follow from its own. */
export const scanCheckpointIndex = (scan: Scan, head: Uint8Array, name: string): void => {
  const shards = head[4] ?? 0;
  if (shards === 0 || shards > LARGEST_SHARDS)
    throw new Unscannable(RULE, { what: `a checkpoint of ${shards} shards` });
  const base = INDEX_NAME.exec(name)?.[1];
  if (base === undefined) return;
  for (let i = 0; i < shards; i += 1) scan.reference(`${base}.data-${digits(i)}-of-${digits(shards)}`);
};

const LARGEST_FINGERPRINT = 256;
const HASHES = 5;
const VERSION = 6;
const UUID = 7;

/** fingerprint.proto: five hashes, a version and an id of digits. */
export const isFingerprint = async (scan: Scan, head: Uint8Array, source: ByteSource): Promise<boolean> => {
  if (head[0] !== 8 || source.size > LARGEST_FINGERPRINT) return false;
  const quiet = scan.quiet();
  const reader = new ProtobufReader(quiet, source, RULE);
  const seen = new Set<number>();
  await quiet.attempt(() =>
    reader.walk(0, source.size, async (field) => {
      const expected = field.number <= HASHES ? VARINT : LENGTH_DELIMITED;
      if (field.wire !== expected || field.number > UUID || seen.has(field.number))
        throw new Unscannable(RULE, { what: 'no fingerprint' });
      if (field.number === UUID && !/^[0-9a-f-]{1,64}$/.test(await reader.text(field)))
        throw new Unscannable(RULE, { what: 'no fingerprint' });
      seen.add(field.number);
    }),
  );
  return quiet.findings.length === 0 && [1, 2, 3, 4, VERSION].every((number) => seen.has(number));
};

const METADATA = { node: 1, identifier: 3, json: 4, last: 5 } as const;
const NODE_TAG = METADATA.node * 8 + LENGTH_DELIMITED;
const LAMBDA = /"class_name"\s*:\s*"Lambda"/;
const LONGEST_JSON = 1024 * 1024;

/** keras_metadata.pb of TensorFlow 2.5 to 2.15: the configuration of every layer. @returns whether it is one */
export const scanKerasMetadata = async (
  scan: Scan,
  source: ByteSource,
  at: { head: Uint8Array; member: string | undefined },
): Promise<boolean> => {
  if (at.head[0] !== NODE_TAG) return false;
  const quiet = scan.quiet();
  const reader = new ProtobufReader(quiet, source, RULE);
  let keras = 0;
  await quiet.attempt(() =>
    reader.walk(0, source.size, (node) => {
      if (node.number !== METADATA.node || node.wire !== LENGTH_DELIMITED)
        throw new Unscannable(RULE, { what: 'none' });
      return reader.walk(node.start, node.end, async (field) => {
        if (field.number > METADATA.last) throw new Unscannable(RULE, { what: 'none' });
        if (field.number === METADATA.identifier && (await reader.text(field)).startsWith('_tf_keras')) keras += 1;
        if (field.number === METADATA.json && LAMBDA.test(await reader.text(field, LONGEST_JSON)))
          quiet.report('tensorflow.lambda', { what: 'a Lambda layer', member: at.member });
      });
    }),
  );
  if (keras === 0 || quiet.findings.some(({ rule }) => rule === RULE)) return false;
  scan.adopt(quiet);
  return true;
};
