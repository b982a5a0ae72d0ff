import { CLEARED } from '../../core/intake/contract.ts';
import type { Answers, Bundles } from '../../core/intake/ports.ts';
import { putOnce } from '../platform/s3-write-once.adapter.ts';

export const s3Answers: Answers = {
  putOnce: async (bucket, key, body) => (await putOnce({ bucket, key, body })).body,
};

export const s3Bundles: Bundles = {
  publishOnce: async (bucket, key, body) => {
    const contentType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
    const standing = await putOnce({ bucket, key, body, contentType, tagging: `clearance=${CLEARED}` });
    return { key, versionId: standing.versionId, body: standing.body };
  },
};
