import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { HASH_BYTES, type Hash, includes, leafHash } from './merkle.ts';
import type { NoteKey } from './note.ts';

/** One file that shows, to whoever has the log's key and nothing else, that a leaf is in the log. */
export type TlogProof = {
  /** The bytes of the leaf, carried as the extra data of the format. */
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly hashes: readonly Hash[];
  /** The signed note. */
  readonly checkpoint: string;
};

const HEADER = 'c2sp.org/tlog-proof@v1';

/** https://c2sp.org/tlog-proof */
export const encodeProof = ({ leaf, index, hashes, checkpoint }: TlogProof): string =>
  [
    HEADER,
    `extra ${Buffer.from(leaf).toString('base64')}`,
    `index ${index}`,
    ...hashes.map((each) => each.toString('base64')),
    '',
    checkpoint,
  ].join('\n');

/** A tree of 2^53 leaves has no longer proofs. */
const MAX_HASHES = 63;
const MAX_PROOF = 1_000_000;

const decoded = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
};

/** The proof in a file, or nothing. Without the leaf in it there would be nothing that is proven. */
export const decodeProof = (text: string): TlogProof | undefined => {
  const blank = text.indexOf('\n\n');
  if (text.length > MAX_PROOF || blank < 0) return undefined;
  const [header, extra = '', place = '', ...encoded] = text.slice(0, blank).split('\n');
  const leaf = /^extra (\S+)$/.exec(extra)?.[1];
  const index = /^index (0|[1-9]\d*)$/.exec(place)?.[1];
  if (header !== HEADER || leaf === undefined || index === undefined || encoded.length > MAX_HASHES) return undefined;
  const bytes = decoded(leaf);
  const hashes = encoded.flatMap((line) => decoded(line) ?? []).filter(({ length }) => length === HASH_BYTES);
  if (bytes === undefined || hashes.length !== encoded.length || !Number.isSafeInteger(Number(index))) return undefined;
  return { leaf: bytes, index: Number(index), hashes, checkpoint: text.slice(blank + 2) };
};

/** The checkpoint under which the log of this key has the leaf, or nothing when the proof does not show it. */
export const checkProof = ({ leaf, index, hashes, checkpoint }: TlogProof, key: NoteKey): Checkpoint | undefined => {
  const head = openCheckpoint(checkpoint, key);
  if (head === undefined) return undefined;
  const shown = includes({ leaf: leafHash(leaf), index, size: head.size, proof: hashes, root: head.root });
  return shown ? head : undefined;
};
