import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { BUNDLE } from '../core/intake/contract.ts';
import { refuseNames } from '../core/intake/object-names.ts';
import { concurrently } from '../core/kernel/concurrently.ts';
import { digestOfRaw } from '../core/kernel/digest.ts';
import { type Reason, show } from '../core/kernel/reason.ts';
import type { Resource } from '../core/kernel/root-digest.ts';
import { type FilePage, registryApi } from '../core/registry/api.ts';
import type { Trust } from '../core/signing/trust.ts';
import { MAX_BUNDLE_BYTES, signerNamed, verifyBundle } from '../core/signing/verify-bundle.ts';
import type { Context } from './context.ts';
import { reading } from './files.ts';
import type { ModelBucket } from './model-bucket.ts';
import { EXIT, misused, type Outcome } from './outcome.ts';
import type { Plane } from './plane.ts';
import { counted, inBytes, oneLine, reasonLines } from './text.ts';
import { trusted } from './trust.ts';

export type PullRequest = {
  readonly model: string;
  readonly version: string;
  readonly dir: string;
  /** File with the public key, or with a key set; without either the plane's own word is taken. */
  readonly key?: string | undefined;
  readonly keys?: string | undefined;
};

export type PullDocument = {
  readonly outcome: 'pulled' | 'not-registered' | 'refused';
  readonly model: string;
  readonly version: string;
  readonly dir?: string;
  readonly files: number;
  readonly bytes: number;
  readonly root?: string;
  /** The key that the signature names, and who vouched for it. */
  readonly key?: { readonly hint: string; readonly from: 'file' | 'plane' };
  readonly reasons: readonly Reason[];
};

export type PullPorts = { readonly plane: Plane; readonly bucket: (name: string) => Promise<ModelBucket> };

type Pinned = FilePage['files'][number];
type Listing = Omit<FilePage, 'next'>;

const requireNoFolder = async (dir: string): Promise<void> => {
  const entries = await readdir(dir).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw misused({ path: 'DIR', message: 'no folder can be made here', found: `${show(dir)} (${cause.code})` });
  });
  if (entries.length > 0)
    throw misused({
      path: 'DIR',
      message: 'the folder is not empty',
      found: show(dir),
      fix: 'Name one that is not there yet.',
    });
};

const listAll = async ({ plane }: PullPorts, { model, version }: PullRequest): Promise<Listing | undefined> => {
  const first = await plane.ask(registryApi.files, { model, version });
  if (first === undefined) return undefined;
  const files = [...first.files];
  let { next } = first;
  while (next !== undefined) {
    const page = await plane.ask(registryApi.files, { model, version }, next);
    files.push(...(page?.files ?? []));
    next = page?.next;
  }
  return { bucket: first.bucket, root: first.root, bundle: first.bundle, files };
};

/** Bytes beyond what was registered are not taken in: a disk is easily filled. */
async function* atMost(bytes: AsyncIterable<Uint8Array>, most: number, onChunk: (chunk: Uint8Array) => void) {
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > most) return;
    onChunk(chunk);
    yield chunk;
  }
}

const WIDTH = 8;

type Download = { readonly bucket: ModelBucket; readonly folder: string; readonly context: Context };

const fetchAll = (files: readonly Pinned[], { bucket, folder, context }: Download): Promise<Resource[]> => {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  return concurrently(files, WIDTH, async ({ path, size, ...object }) => {
    context.signal.throwIfAborted();
    const hash = createHash('sha256');
    const bytes = atMost(await bucket.read(object), size, (chunk) => {
      hash.update(chunk);
      done += chunk.length;
      context.progress(`downloading ${oneLine(path)} (${inBytes(done)} of ${inBytes(total)})`);
    });
    const target = join(folder, path);
    await reading(path, mkdir(dirname(target), { recursive: true }));
    await reading(path, pipeline(bytes, createWriteStream(target, { flags: 'wx' }), { signal: context.signal }));
    return { name: path, digest: digestOfRaw(hash.digest()) };
  });
};

const fetchBundle = async ({ bundle }: Listing, { bucket, folder }: Download): Promise<string> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of atMost(await bucket.read(bundle), MAX_BUNDLE_BYTES + 1, () => {})) chunks.push(chunk);
  const text = Buffer.concat(chunks);
  await reading(BUNDLE, writeFile(join(folder, BUNDLE), text, { flag: 'wx' }));
  return text.toString('utf8');
};

const otherDigests = ({ files }: Listing, fetched: readonly Resource[]): Reason[] => {
  const found = new Map(fetched.map(({ name, digest }) => [name, digest]));
  return files.flatMap(({ path, digest }) =>
    found.get(path) === digest
      ? []
      : [
          {
            rule: 'registry.other-bytes',
            path,
            message: 'is not the file that was registered',
            found: String(found.get(path)),
            allowed: digest,
          },
        ],
  );
};

const otherRoot = ({ root }: Listing, found: string): Reason[] =>
  found === root
    ? []
    : [{ rule: 'registry.other-root', message: 'the signature is about another version', found, allowed: root }];

/** Downloads beside the target and only a folder that holds what was signed gets its name: no half of it is ever seen. */
const fetchAndVerify = async (
  listing: Listing,
  trust: Trust,
  { target, ...download }: Download & { target: string },
): Promise<{ reasons: readonly Reason[]; signer?: string }> => {
  try {
    const fetched = await fetchAll(listing.files, download);
    const bundle = await fetchBundle(listing, download);
    const verified = verifyBundle({ bundle, files: fetched, ...trust });
    const reasons = [
      ...otherDigests(listing, fetched),
      ...(verified.outcome === 'valid' ? otherRoot(listing, verified.root) : verified.reasons),
    ];
    const hint = signerNamed(bundle);
    const signer = hint === undefined ? {} : { signer: hint };
    if (reasons.length > 0) return { reasons, ...signer };
    // Renaming onto an empty folder works on some systems only.
    await rmdir(target).catch(() => {});
    await reading(target, rename(download.folder, target));
    return { reasons: [], ...signer };
  } finally {
    await rm(download.folder, { recursive: true, force: true });
  }
};

const textOf = ({ outcome, model, version, files, bytes, dir, root, key, reasons }: PullDocument): string => {
  if (outcome === 'not-registered') return `✗ ${model} ${version} is not registered`;
  if (outcome === 'refused')
    return [
      `✗ ${model} ${version} was not kept, for ${counted(reasons.length, 'reason')}:`,
      ...reasonLines(reasons),
    ].join('\n');
  const vouched =
    key?.from === 'plane' ? ' (as the plane itself says; --keys or --key checks with what you already trust)' : '';
  return [
    `✓ ${model} ${version} in ${oneLine(dir ?? '')}: ${counted(files, 'file')}, ${inBytes(bytes)}, root ${root}`,
    `  signed with key ${key?.hint}${vouched}`,
  ].join('\n');
};

const conclude = (document: PullDocument): Outcome<PullDocument> => ({
  exitCode: document.outcome === 'pulled' ? EXIT.yes : EXIT.no,
  document,
  text: textOf(document),
});

/** Fetches the pinned files of a registered version and keeps them if they are what was signed. */
export const pull = async (
  request: PullRequest,
  ports: PullPorts,
  context: Context,
): Promise<Outcome<PullDocument>> => {
  const { model, version, dir } = request;
  const target = resolve(dir);
  await requireNoFolder(target);
  const { trust, from } = await trusted(ports, request);
  const listing = await listAll(ports, request);
  if (listing === undefined)
    return conclude({ outcome: 'not-registered', model, version, files: 0, bytes: 0, reasons: [] });
  const about = {
    model,
    version,
    files: listing.files.length,
    bytes: listing.files.reduce((sum, { size }) => sum + size, 0),
    root: listing.root,
  };
  // The names come over the network, and each becomes a path on this disk.
  const unsafe = refuseNames(listing.files.map(({ path }) => path));
  if (unsafe.length > 0) return conclude({ ...about, outcome: 'refused', reasons: unsafe });

  const bucket = await ports.bucket(listing.bucket);
  const folder = join(dirname(target), `.${basename(target)}.${randomBytes(4).toString('hex')}.part`);
  await reading(folder, mkdir(folder, { recursive: true }));
  const { reasons, signer } = await fetchAndVerify(listing, trust, { target, bucket, folder, context });
  const key = signer === undefined ? {} : { key: { hint: signer, from } };
  return conclude({ ...about, ...key, outcome: reasons.length === 0 ? 'pulled' : 'refused', dir: target, reasons });
};
