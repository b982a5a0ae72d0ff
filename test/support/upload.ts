import { claimUpload } from '../../core/intake/claim-upload.ts';
import type { Attempt } from '../../core/intake/contract.ts';
import { completeManifest, type ManifestInput } from './manifest.ts';
import { type memoryPlane, sha256 } from './memory-plane.ts';

type Plane = ReturnType<typeof memoryPlane>;

export const PREFIX = 'models/fraud/1.4.0/';
export const MANIFEST_KEY = `${PREFIX}manifest.json`;
export const FILES: Readonly<Record<string, string>> = {
  'model.safetensors': 'weights',
  'requirements.lock': 'numpy==2.0.0',
  'baseline.jsonl': '{}',
};

/** A manifest whose digests are those of the given bodies. */
export const manifestFor = (files: Readonly<Record<string, string>> = FILES): ManifestInput => {
  const { baseline, training, ...manifest } = completeManifest();
  return {
    ...manifest,
    files: Object.entries(files).map(([path, body]) => ({ path, digest: sha256(body) })),
  };
};

export const putFiles = (plane: Plane, files: Readonly<Record<string, string>> = FILES) =>
  Object.fromEntries(Object.entries(files).map(([path, body]) => [path, plane.put(`${PREFIX}${path}`, body)]));

export const putManifest = (plane: Plane, manifest: unknown = manifestFor()) =>
  plane.put(MANIFEST_KEY, typeof manifest === 'string' ? manifest : JSON.stringify(manifest));

export const announcement = (versionId: string, execution: string) => ({
  bucket: 'models',
  key: MANIFEST_KEY,
  versionId,
  trigger: null,
  execution,
});

export const claimed = async (plane: Plane, versionId: string, execution = 'execution-1'): Promise<Attempt> => {
  const { attempt } = await claimUpload({ ...plane, leaseSeconds: 600 })(announcement(versionId, execution));
  if (attempt === null || attempt === undefined) throw new Error('the claim was not granted');
  return attempt as Attempt;
};
