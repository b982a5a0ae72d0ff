import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

type Manifest = { files: { path: string; digest: string }[]; features: { name: string }[] };

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const named = (digest: Buffer): string => `sha256:${digest.toString('hex')}`;

/** The root digest of OpenSSF Model Signing: over the digests of all files, in code-point order of their names. */
const rootOf = (files: Manifest['files'], manifest: Uint8Array): string => {
  const resources = [...files, { path: 'manifest.json', digest: named(sha256(manifest)) }];
  const sorted = resources.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  return named(sha256(Buffer.concat(sorted.map(({ digest }) => Buffer.from(digest.slice('sha256:'.length), 'hex')))));
};

/**
 * The model that lies beside the code, and the names of its features in their order.
 * @throws unless these are the bytes that the root digest stands for: nothing else may be served under its name
 */
export const clearedModel = (folder: URL, weights: string, root: string): { bytes: Uint8Array; features: string[] } => {
  const text = readFileSync(new URL('manifest.json', folder));
  const bytes = readFileSync(new URL(weights, folder));
  const manifest: Manifest = JSON.parse(text.toString());
  const declared = manifest.files.find(({ path }) => path === weights)?.digest;
  if (rootOf(manifest.files, text) !== root) throw new Error(`the manifest in ${folder} is not that of ${root}`);
  if (declared !== named(sha256(bytes))) throw new Error(`${weights} in ${folder} is not what the manifest declares`);
  return { bytes, features: manifest.features.map(({ name }) => name) };
};
