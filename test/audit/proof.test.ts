import { describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../core/audit/checkpoint.ts';
import { encodeLeaf } from '../../core/audit/leaf.ts';
import { leafHash, proveInclusion, rootOf } from '../../core/audit/merkle.ts';
import { noteKeyOf, openNote, readVerifierKey, verifierKey } from '../../core/audit/note.ts';
import { nodesOf } from '../../core/audit/tile.ts';
import { checkProof, decodeProof, encodeProof, type TlogProof } from '../../core/audit/tlog-proof.ts';
import { logSigner, memoryLog, readerOf, someLeaf, someLeaves } from '../support/memory-log.ts';
import { vectors } from '../support/vectors.ts';

const known = vectors<{
  c2spExample: { vkey: string; note: string };
  own: { leavesUtf8: string[]; rootsHexBySize: string[]; checkpoint: string; vkey: string; tlogProofIndex3: string };
  ecdsaKeyIdRule: { spkiDerB64: string };
}>('c2sp_note');

const keyIn = (text: string) => {
  const key = readVerifierKey(text);
  if (key === undefined) throw new Error(`${text} is no key`);
  return key;
};

describe('a signed note', () => {
  const key = keyIn(known.c2spExample.vkey);

  test('of the specification opens with its key', () => {
    expect(openNote(known.c2spExample.note, key)).toBe('This is an example message.\n');
    expect(verifierKey(key)).toBe(known.c2spExample.vkey);
  });

  test('does not open once a letter is another, the signature is cut, or the key is another one', () => {
    const { note } = known.c2spExample;

    expect(openNote(note.replace('example message', 'Example message'), key)).toBeUndefined();
    expect(openNote(`${note.slice(0, -6)}\n`, key)).toBeUndefined();
    expect(openNote(note, logSigner('example.com/foo').key)).toBeUndefined();
    expect(openNote(note, keyIn(known.own.vkey))).toBeUndefined();
    expect(openNote('This is an example message.\n', key)).toBeUndefined();
  });

  test('may carry the signatures of others, but no second one of the key that is wrong', () => {
    const { note } = known.c2spExample;
    const witness = `— witness.example ${Buffer.alloc(76).toString('base64')}\n`;
    const forged = `— example.com/foo ${Buffer.concat([key.id, Buffer.alloc(64)]).toString('base64')}\n`;

    expect(openNote(note + witness, key)).toBe('This is an example message.\n');
    expect(openNote(note + forged, key)).toBeUndefined();
  });

  test('is not signed by a key of another kind, nor under a name that a note cannot carry', () => {
    const p256 = Buffer.from(known.ecdsaKeyIdRule.spkiDerB64, 'base64');
    const { key: ours } = logSigner();

    expect(() => noteKeyOf('log', p256)).toThrow('Ed25519');
    expect(() => noteKeyOf('my log', ours.key.export({ type: 'spki', format: 'der' }))).toThrow('cannot name a log');
  });

  test.each(['', 'name+00000000+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k', 'a+b+c', known.own.vkey.slice(0, -4)])(
    'has no key in %j',
    (text) => {
      expect(readVerifierKey(text)).toBeUndefined();
    },
  );
});

describe('a checkpoint', () => {
  test('of the vector opens with its key and has the root of its leaves', () => {
    const { leavesUtf8, rootsHexBySize, checkpoint, vkey } = known.own;
    const hashes = leavesUtf8.map((leaf) => leafHash(Buffer.from(leaf)));

    const opened = openCheckpoint(checkpoint, keyIn(vkey));

    expect(rootsHexBySize.map((_, size) => rootOf(hashes.slice(0, size)).toString('hex'))).toEqual(rootsHexBySize);
    expect(opened).toEqual({ origin: 'gov.example.com/audit', size: 5, root: rootOf(hashes) });
  });

  test.each([
    ['another origin', 'other/log\n5\nFH3Ed0eaO2miSx/2Abb8YoT98V/VCr/rDPcOqONyLB0=\n'],
    ['a size with a leading zero', 'clearance.test/audit\n05\nFH3Ed0eaO2miSx/2Abb8YoT98V/VCr/rDPcOqONyLB0=\n'],
    ['a short root', 'clearance.test/audit\n5\nFH3Ed0eaO2mi\n'],
    ['no root', 'clearance.test/audit\n5\n'],
  ])('is not a note with %s, though the key signed it', (_, text) => {
    const signer = logSigner();

    expect(openCheckpoint(signer.sign(text), signer.key)).toBeUndefined();
  });
});

describe('the proof of one leaf in one file', () => {
  const signer = logSigner();
  const leaves = someLeaves(700);
  const log = memoryLog(leaves, signer);
  const proofOf = async (index: number): Promise<TlogProof> => ({
    leaf: encodeLeaf(someLeaf(index)),
    index,
    hashes: await proveInclusion(nodesOf(readerOf(log), leaves.length), index, leaves.length),
    checkpoint: log.checkpoint,
  });

  test('is that of the vector, with the leaf as its extra data', () => {
    const { tlogProofIndex3, leavesUtf8, vkey } = known.own;
    const leaf = Buffer.from(leavesUtf8[3] ?? '');
    const withLeaf = tlogProofIndex3.replace('\nindex', `\nextra ${leaf.toString('base64')}\nindex`);

    const proof = decodeProof(withLeaf);

    expect(proof && encodeProof(proof)).toBe(withLeaf);
    expect(proof && checkProof(proof, keyIn(vkey))?.size).toBe(5);
    expect(decodeProof(tlogProofIndex3)).toBeUndefined();
  });

  test('holds for every leaf that it is made for, with the key of the log and with no other', async () => {
    for (const index of [0, 1, 255, 256, 511, 698, 699]) {
      const proof = decodeProof(encodeProof(await proofOf(index)));

      expect(proof && checkProof(proof, signer.key)?.size).toBe(700);
      expect(proof && checkProof(proof, logSigner().key)).toBeUndefined();
    }
  });

  test('does not hold for another leaf, another place or another checkpoint', async () => {
    const proof = await proofOf(300);
    const other = memoryLog(leaves.slice(0, 699), signer);

    expect(checkProof({ ...proof, leaf: encodeLeaf(someLeaf(301)) }, signer.key)).toBeUndefined();
    expect(checkProof({ ...proof, index: 301 }, signer.key)).toBeUndefined();
    expect(checkProof({ ...proof, checkpoint: other.checkpoint }, signer.key)).toBeUndefined();
  });

  test.each([
    ['nothing', ''],
    ['another header', 'c2sp.org/tlog-proof@v2\nextra YQ==\nindex 1\n\nx'],
    ['no index', 'c2sp.org/tlog-proof@v1\nextra YQ==\n\nx'],
    ['a hash that is none', 'c2sp.org/tlog-proof@v1\nextra YQ==\nindex 1\nYQ==\n\nx'],
  ])('is not read from %s', (_, text) => {
    expect(decodeProof(text)).toBeUndefined();
  });
});
