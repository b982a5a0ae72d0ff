import type { EvidenceStore } from '../../core/kernel/evidence.ts';

/** Evidence in memory. `standing` is open to the test, so that it can play whoever came first, or a forger. */
export const memoryEvidence = (): EvidenceStore & {
  find(key: string): Promise<string | undefined>;
  standing: Map<string, string>;
} => {
  const standing = new Map<string, string>();
  return {
    standing,
    putOnce: async (key, body) => {
      const first = standing.get(key) ?? body;
      standing.set(key, first);
      return first;
    },
    find: async (key) => standing.get(key),
    get: async (key) => {
      const body = standing.get(key);
      if (body === undefined) throw new Error(`nothing stands under ${key}`);
      return body;
    },
  };
};
