import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Digest, digestOf } from '../../core/kernel/digest.ts';
import { rootDigestOf } from '../../core/kernel/root-digest.ts';
import { root } from '../paths.ts';

export type Files = Record<string, Uint8Array>;
type Manifest = { files: { path: string }[] };

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));

export const withManifest = (files: Files, manifest: unknown): Files => ({
  ...files,
  'manifest.json': Buffer.from(JSON.stringify(manifest, null, 2)),
});

/** A version shipped with this repository, renamed: by default to a name that nothing else uses. */
export const shippedModel = (model: string, version: string, as = `${model}-${randomUUID().slice(0, 8)}`) => {
  const folder = join(root, 'models', model, version);
  const files: Files = Object.fromEntries(filesBelow(folder).map((path) => [path, readFileSync(join(folder, path))]));
  const text = Buffer.from(files['manifest.json'] ?? []).toString();
  const manifest = { ...JSON.parse(text), model: as };
  return { model: as, version, manifest, files: as === model ? files : withManifest(files, manifest) };
};

/** The manifest's digests brought in line with the files: what an honest producer of these bytes would declare. */
export const redeclared = (files: Files, manifest: Manifest): Files =>
  withManifest(files, {
    ...manifest,
    files: manifest.files.map(({ path }) => {
      const bytes = files[path] ?? new Uint8Array();
      return { path, digest: digestOf(bytes), size: bytes.length };
    }),
  });

/** The same bytes with one bit of the one in the middle changed. */
export const flipped = (bytes: Uint8Array): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  const middle = copy.length >> 1;
  copy[middle] = (copy[middle] ?? 0) ^ 1;
  return copy;
};

export const bytesIn = (files: Files): number => Object.values(files).reduce((sum, bytes) => sum + bytes.length, 0);

/** The root digest under which the plane signs a version that is shipped with this repository. */
export const rootOf = (model: string, version: string): Digest =>
  rootDigestOf(
    Object.entries(shippedModel(model, version, model).files).map(([name, content]) => ({
      name,
      digest: digestOf(content),
    })),
  );
