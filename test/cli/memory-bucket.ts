import { readFileSync } from 'node:fs';
import type { ModelBucket } from '../../cli/model-bucket.ts';
import { couldNotTell } from '../../cli/outcome.ts';
import { type Digest, digestOf } from '../../core/kernel/digest.ts';

export type MemoryBucket = ModelBucket & {
  /** Every key that was put, in the order in which the bytes arrived. */
  readonly arrived: string[];
  readonly objects: Map<string, Uint8Array>;
  /** Called when an object has arrived: how a test plays the plane that answers, or the user who interrupts. */
  onArrival: (key: string, versionId: string) => void;
  /** What looks at the answers see while nothing stands there. */
  blank: 'absent' | 'refused';
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
    put: async ({ key, file, onBytes }) => {
      const bytes = readFileSync(file.absolute);
      if ((digestOf(bytes) satisfies Digest) !== file.digest) throw couldNotTell({ path: key, message: 'BadDigest' });
      onBytes(bytes.length);
      objects.set(key, bytes);
      arrived.push(key);
      const versionId = `v${arrived.length}`;
      bucket.onArrival(key, versionId);
      return versionId;
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
