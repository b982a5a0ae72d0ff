import { readFileSync } from 'node:fs';
import type { ModelBucket, PartedFile, PartsUpload } from '../../cli/model-bucket.ts';
import { couldNotTell } from '../../cli/outcome.ts';
import { type OpenUpload, type Pieces, partSizeOf, rangeOf, whichToResume } from '../../cli/parts.ts';
import { type Digest, digestOf } from '../../core/kernel/digest.ts';

type Parts = Map<number, Uint8Array>;

export type MemoryBucket = ModelBucket & {
  /** Files up to `largest` bytes go in one piece. A test sets it; S3's own are larger than a test can be. */
  pieces: Pieces;
  /** Uploads in parts that were begun and neither completed nor given up: parts by number, by key and id. */
  readonly open: Map<string, Map<string, Parts>>;
  /** Called when a part has arrived. */
  onPart: (key: string, part: number) => void;
  /** What was given up, by id. */
  readonly givenUp: string[];
  /** Every key that was put, in the order in which the bytes arrived. */
  readonly arrived: string[];
  readonly objects: Map<string, Uint8Array>;
  /** Called when an object has arrived: how a test plays the plane that answers, or the user who interrupts. */
  onArrival: (key: string, versionId: string) => void;
  /** What looks at the answers see while nothing stands there. */
  blank: 'absent' | 'refused';
};

const arrive = ({ objects, arrived, onArrival }: MemoryBucket, key: string, bytes: Uint8Array): string => {
  objects.set(key, bytes);
  arrived.push(key);
  const versionId = `v${arrived.length}`;
  onArrival(key, versionId);
  return versionId;
};

const listed = (id: string, parts: Parts): OpenUpload => ({
  id,
  parts: [...parts].map(([number, bytes]) => ({ number, digest: digestOf(bytes), tag: '' })),
});

let begun = 0;

/** An upload in parts, which stays open until somebody completes it or gives it up. */
const openIn = (bucket: MemoryBucket, key: string, { absolute, size, parts: hashed }: PartedFile): PartsUpload => {
  const ofKey = bucket.open.get(key) ?? new Map<string, Parts>();
  bucket.open.set(key, ofKey);
  const { resume, stale } = whichToResume(
    [...ofKey].map(([id, parts]) => listed(id, parts)),
    hashed.digests,
  );
  for (const { id } of stale) {
    ofKey.delete(id);
    bucket.givenUp.push(id);
  }
  begun += 1;
  const id = resume?.id ?? `upload-${begun}`;
  const parts: Parts = ofKey.get(id) ?? new Map();
  ofKey.set(id, parts);
  return {
    isFound: true,
    missing: hashed.digests.map((_, index) => index + 1).filter((part) => !parts.has(part)),
    send: async (part, onBytes) => {
      const { offset, length } = rangeOf(part, size, hashed.size);
      const bytes = readFileSync(absolute).subarray(offset, offset + length);
      if (digestOf(bytes) !== hashed.digests[part - 1]) throw couldNotTell({ path: key, message: 'BadDigest' });
      onBytes(bytes.length);
      parts.set(part, bytes);
      bucket.onPart(key, part);
    },
    complete: async () => {
      if (parts.size !== hashed.digests.length) throw couldNotTell({ path: key, message: 'InvalidPart' });
      ofKey.delete(id);
      return arrive(bucket, key, Buffer.concat(hashed.digests.map((_, index) => parts.get(index + 1) as Uint8Array)));
    },
  };
};

/** The model bucket in memory. It refuses what has another digest than announced, as S3 does. */
export const memoryBucket = (name = 'models'): MemoryBucket => {
  const objects = new Map<string, Uint8Array>();
  const arrived: string[] = [];
  const bucket: MemoryBucket = {
    name,
    arrived,
    objects,
    onArrival: () => {},
    blank: 'absent',
    pieces: { largest: Number.MAX_SAFE_INTEGER, part: 1 },
    open: new Map(),
    onPart: () => {},
    givenUp: [],
    partSize: (size) => partSizeOf(size, bucket.pieces),
    inParts: async ({ key, file }) => openIn(bucket, key, file),
    put: async ({ key, file, onBytes }) => {
      const bytes = readFileSync(file.absolute);
      if ((digestOf(bytes) satisfies Digest) !== file.digest) throw couldNotTell({ path: key, message: 'BadDigest' });
      onBytes(bytes.length);
      return arrive(bucket, key, bytes);
    },
    find: async (key) => {
      const bytes = objects.get(key);
      return bytes === undefined ? bucket.blank : { text: Buffer.from(bytes).toString('utf8') };
    },
    read: async ({ key }) => {
      const bytes = objects.get(key);
      if (bytes === undefined) throw couldNotTell({ path: key, message: 'NoSuchKey' });
      return (async function* () {
        for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
      })();
    },
  };
  return bucket;
};
