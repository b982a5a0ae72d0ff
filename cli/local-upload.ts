import { createReadStream } from 'node:fs';
import { BUNDLE, type IntakeLimits, MANIFEST, MAX_MANIFEST_BYTES } from '../core/intake/contract.ts';
import { valueAt } from '../core/intake/json-path.ts';
import type { Manifest } from '../core/intake/manifest.ts';
import { readManifest } from '../core/intake/read-manifest.ts';
import { LARGEST_PIECE, refuseUnread } from '../core/intake/refuse-unread.ts';
import { takeStock } from '../core/intake/take-stock.ts';
import type { Reason } from '../core/kernel/reason.ts';
import { type Folder, type LocalFile, reading, walk } from './files.ts';

/** Never uploaded: Git's own files, which no signature covers, and the name that belongs to the signer. */
const isLeftOut = (path: string): boolean =>
  path === BUNDLE || path.split('/').some((segment) => segment.toLowerCase().startsWith('.git'));

/** Every file of a folder that an upload consists of. */
export const walkUpload = (dir: string): Promise<Folder> => walk(dir, isLeftOut);

type Place = { readonly model: string; readonly version: string };

export type LocalUpload = {
  readonly folder: Folder;
  readonly place: Place;
  /** Absent when the manifest cannot be read at all. */
  readonly manifest?: Manifest;
  readonly manifestReasons: readonly Reason[];
  readonly inventoryReasons: readonly Reason[];
};

const readStart = async (file: LocalFile): Promise<Uint8Array> => {
  const chunks: Buffer[] = [];
  const stream = createReadStream(file.absolute, { end: MAX_MANIFEST_BYTES });
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const parsed = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const missingManifest: Reason = {
  rule: 'intake.manifest-missing',
  path: MANIFEST,
  message: 'the folder has no manifest',
  fix: 'clearance init writes one to fill in.',
};

const missingFile = (path: string): Reason => ({
  rule: 'intake.file-missing',
  path,
  message: 'the manifest declares it and the folder does not have it',
  fix: 'Put the file there, or take it out of the manifest.',
});

const inventory = (manifest: Manifest, folder: Folder, limits: IntakeLimits): Reason[] => {
  const objects = folder.files.map(({ path, size }) => ({ path, key: path, versionId: 'local', size }));
  const stock = takeStock({ manifest, objects, limits, registered: false });
  // Whatever uploads them, S3 will have no SHA-256 of these.
  const unread = folder.files.filter(({ size }) => size > LARGEST_PIECE);
  return [
    ...folder.reasons,
    ...refuseUnread(unread, limits),
    ...(stock.outcome === 'refused' ? stock.reasons : []),
    ...(stock.outcome === 'incomplete' ? stock.missing.map(missingFile) : []),
  ];
};

/**
 * What intake would say to this folder before it reads a file of it.
 * @param place where the folder is to be uploaded; by default where its manifest says
 */
export const readUpload = async (dir: string, limits: IntakeLimits, place?: Place): Promise<LocalUpload> => {
  const folder = await walkUpload(dir);
  const file = folder.files.find(({ path }) => path === MANIFEST);
  if (file === undefined)
    return {
      folder,
      place: place ?? { model: '', version: '' },
      manifestReasons: [missingManifest],
      inventoryReasons: folder.reasons,
    };
  const bytes = await reading(MANIFEST, readStart(file));
  const document = parsed(bytes);
  const at = place ?? { model: text(valueAt(document, ['model'])), version: text(valueAt(document, ['version'])) };
  const read = readManifest(bytes, at);
  if (read.outcome === 'invalid')
    return { folder, place: at, manifestReasons: read.reasons, inventoryReasons: folder.reasons };
  const inventoryReasons = inventory(read.manifest, folder, limits);
  return { folder, place: at, manifest: read.manifest, manifestReasons: [], inventoryReasons };
};
