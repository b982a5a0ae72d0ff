import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { checkpointText } from '../../core/audit/checkpoint.ts';
import { CHECKPOINT } from '../../core/audit/contract.ts';
import { encodeLeaf, type Leaf } from '../../core/audit/leaf.ts';
import { type Hash, leafHash } from '../../core/audit/merkle.ts';
import { type NoteKey, noteKeyOf, signedNote } from '../../core/audit/note.ts';
import { encodeEntries, encodeHashes, TILE_WIDTH, tileAt, tilePath } from '../../core/audit/tile.ts';
import { EMPTY_EDGE, growTree, rootOfEdge } from '../../core/audit/tree-edge.ts';
import { digestOf } from '../../core/kernel/digest.ts';

const ORIGIN = 'clearance.test/audit';

export type LogSigner = { readonly key: NoteKey; sign(text: string): string };

export const logSigner = (origin = ORIGIN): LogSigner => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return signerOf(origin, publicKey, privateKey);
};

const signerOf = (origin: string, publicKey: KeyObject, privateKey: KeyObject): LogSigner => {
  const key = noteKeyOf(origin, publicKey.export({ type: 'spki', format: 'der' }));
  return { key, sign: (text) => signedNote(text, key, sign(null, Buffer.from(text), privateKey)) };
};

const START = Date.UTC(2026, 0, 1);

/** The leaf of a made-up fact; whoever wants another time or digest says so. */
export const someLeaf = (at: number, change: Partial<Leaf> = {}): Leaf => ({
  id: `fact-${at}`,
  type: 'registry.version-registered.v1',
  occurredAt: new Date(START + at * 1000).toISOString(),
  loggedAt: new Date(START + at * 1000 + 500).toISOString(),
  digest: digestOf(`detail ${at}`),
  ...change,
});

export const someLeaves = (count: number): Leaf[] => Array.from({ length: count }, (_, at) => someLeaf(at));

export type MemoryLog = { readonly objects: Map<string, Buffer>; readonly checkpoint: string; readonly hashes: Hash[] };

/** The log of these leaves as it would stand, signed. */
export const memoryLog = (leaves: readonly Leaf[], signer: LogSigner): MemoryLog => {
  const entries = leaves.map(encodeLeaf);
  const hashes = entries.map(leafHash);
  const { edge, tiles } = growTree(EMPTY_EDGE, hashes);
  const objects = new Map(tiles.map((tile) => [tilePath(tile), encodeHashes(tile.hashes)]));
  for (let index = 0; index * TILE_WIDTH < entries.length; index += 1) {
    const tile = tileAt('entries', index, entries.length);
    const bundle = entries.slice(index * TILE_WIDTH, (index + 1) * TILE_WIDTH);
    if (tile !== undefined) objects.set(tilePath(tile), encodeEntries(bundle));
  }
  const checkpoint = signer.sign(
    checkpointText({ origin: signer.key.name, size: leaves.length, root: rootOfEdge(edge) }),
  );
  objects.set(CHECKPOINT, Buffer.from(checkpoint));
  return { objects, checkpoint, hashes };
};

export const readerOf =
  ({ objects }: Pick<MemoryLog, 'objects'>) =>
  (path: string): Promise<Uint8Array | undefined> =>
    Promise.resolve(objects.get(path));
