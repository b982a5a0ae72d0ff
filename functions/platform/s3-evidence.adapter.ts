import type { EvidenceStore } from '../../core/kernel/evidence.ts';
import { EvidenceAltered } from '../../core/kernel/failures.ts';
import { findText, putOnce } from './s3-write-once.adapter.ts';

/** Evidence as write-once objects in the evidence bucket. */
export const s3Evidence = (bucket: string): EvidenceStore & { find(key: string): Promise<string | undefined> } => ({
  putOnce: async (key, body) => (await putOnce({ bucket, key, body })).body,
  find: async (key) => (await findText(bucket, key))?.body,
  get: async (key) => {
    const found = await findText(bucket, key);
    if (found === undefined) throw new EvidenceAltered(`${key} is gone from the evidence bucket`);
    return found.body;
  },
});
