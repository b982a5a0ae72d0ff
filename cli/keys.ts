import { readFile, rename, writeFile } from 'node:fs/promises';
import { type Reason, show } from '../core/kernel/reason.ts';
import { signing } from '../core/signing/contract.ts';
import type { KeySet, ListedKey } from '../core/signing/key-set.ts';
import { type KeySetAnchor, openKeySet } from '../core/signing/open-key-set.ts';
import { reading } from './files.ts';
import { type KeySetSource, type PlanePorts, planeSource } from './key-set-source.ts';
import { couldNotTell, EXIT, misused, type Outcome } from './outcome.ts';
import { oneLine, reasonLines } from './text.ts';

export type KeysRequest = {
  /** Where the set is kept: what stands there already is what the new one has to follow on. */
  readonly out?: string | undefined;
  /** A copy of the set, instead of asking the plane. */
  readonly from?: string | undefined;
  /** The id of the key for sets, got over a way that is trusted. */
  readonly root?: string | undefined;
};

export type KeysPorts = PlanePorts & { readonly now: () => Date };

export type KeysDocument = {
  readonly outcome: 'yes' | 'no';
  readonly keySet?: KeySet;
  readonly file?: string;
  /** Why it is believed: it follows on the one in the file, its key was named, or nothing but where it came from. */
  readonly by: 'the set before' | 'the key named' | 'its source';
  readonly reasons: readonly Reason[];
};

const { current, version: versionKey } = signing.keys.keySet;

const noSet = (where: string) =>
  couldNotTell({
    path: where,
    message: 'there is no key set, or it may not be read',
    fix: 'Whoever may read models may read it; a plane that was deployed before it had one publishes it when it is deployed again.',
  });

const readHeld = async (out: string): Promise<KeySet | undefined> => {
  const text = await readFile(out, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  if (text === undefined) return undefined;
  const held = openKeySet({ text, anchor: 'the-file-itself', at: 'whenever' });
  if (held.outcome === 'valid') return held.keys;
  throw misused({
    path: '--out',
    message: 'this file holds something else than a key set',
    found: show(out),
    fix: 'Name another file, or delete this one.',
  });
};

/** Nobody was away for longer than this many sets. */
const MOST_STEPS = 1000;

/** From the set that is held to the newest, one by one: each was sealed by a key that the one before trusts. */
const followFrom = async (held: KeySet, read: KeySetSource, upTo: number): Promise<KeySet> => {
  let keys = held;
  for (let step = 0; step < MOST_STEPS && keys.version < upTo - 1; step += 1) {
    const text = await read(versionKey(keys.version + 1));
    const next = text === undefined ? undefined : openKeySet({ text, anchor: { before: keys }, at: 'whenever' });
    if (next?.outcome !== 'valid') return keys;
    keys = next.keys;
  }
  return keys;
};

type Believed = { readonly text: string; readonly opened: ReturnType<typeof openKeySet> };

const believe = async (read: KeySetSource, anchor: KeySetAnchor, now: Date): Promise<Believed | undefined> => {
  const text = await read(current);
  if (text === undefined) return undefined;
  const opened = openKeySet({ text, anchor, at: now });
  const isStranger =
    opened.outcome === 'invalid' && opened.reasons.some(({ rule }) => rule === 'signing.key-set-untrusted');
  if (!isStranger || typeof anchor === 'string' || !('before' in anchor)) return { text, opened };
  const alone = openKeySet({ text, anchor: 'the-file-itself', at: now });
  if (alone.outcome === 'invalid') return { text, opened };
  const before = await followFrom(anchor.before, read, alone.keys.version);
  return { text, opened: openKeySet({ text, anchor: { before }, at: now }) };
};

const standingOf = (key: ListedKey): string => {
  if (key.status === 'revoked') return `revoked ${key.revokedAt}: ${oneLine(key.reason)}`;
  return key.status === 'retired' ? `retired ${key.retiredAt}` : `since ${key.notBefore}`;
};

const lineOf = (key: ListedKey): string =>
  `  ${key.status.padEnd(7)}  ${key.use.padEnd(9)}  ${key.id}  ${standingOf(key)}`;

const FIRST_SIGHT =
  '  believed because of where it came from: compare the id of the key-set key with the stack output KeySetRootKeyId';

const yes = ({ plane, version, expiresAt, keys }: KeySet, { by, file }: Pick<KeysDocument, 'by' | 'file'>): string =>
  [
    `✓ key set ${version} of ${plane}, to go by until ${expiresAt}${file === undefined ? '' : `, in ${oneLine(file)}`}`,
    ...keys.map(lineOf),
    ...(by === 'its source' ? [FIRST_SIGHT] : []),
  ].join('\n');

const write = async (file: string, text: string): Promise<void> => {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
};

/** The set of all keys of a plane, as it stands: believed by what is held or pinned, printed, and kept. */
export const keys = async ({ out, from, root }: KeysRequest, ports: KeysPorts): Promise<Outcome<KeysDocument>> => {
  const held = out === undefined ? undefined : await reading(out, readHeld(out));
  const anchor: KeySetAnchor =
    held !== undefined ? { before: held } : root !== undefined ? { root } : 'the-file-itself';
  const by = held !== undefined ? 'the set before' : root !== undefined ? 'the key named' : 'its source';
  const read: KeySetSource =
    from === undefined
      ? planeSource(ports)
      : async (name) => (name === current ? reading(from, readFile(from, 'utf8')) : undefined);
  const found = await believe(read, anchor, ports.now());
  if (found === undefined) throw noSet(from ?? current);
  const { text, opened } = found;
  if (opened.outcome === 'invalid')
    return {
      exitCode: EXIT.no,
      document: { outcome: 'no', by, reasons: opened.reasons },
      text: ['✗ this key set is not to be gone by:', ...reasonLines(opened.reasons)].join('\n'),
    };
  if (out !== undefined) await reading(out, write(out, text));
  const file = out === undefined ? {} : { file: out };
  const document: KeysDocument = { outcome: 'yes', keySet: opened.keys, ...file, by, reasons: [] };
  return { exitCode: EXIT.yes, document, text: yes(opened.keys, document) };
};
