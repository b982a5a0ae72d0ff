import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  EMPTY_ROOT,
  extendsTree,
  type Hash,
  includes,
  leafHash,
  nodeHash,
  proveConsistency,
  proveInclusion,
  rootAt,
  rootOf,
} from '../../core/audit/merkle.ts';
import { vectors } from '../support/vectors.ts';

type Proof = { proof: string[] | null; wantErr: boolean; desc: string; file: string };
type InclusionCase = Proof & { leafIdx: number; treeSize: number; root: string; leafHash: string };
type ConsistencyCase = Proof & { size1: number; size2: number; root1: string; root2: string };
const known = vectors<{
  hasher: Record<'empty' | 'leaf_empty' | 'leaf_L123456' | 'node_N123_N456', string>;
  inclusion: InclusionCase[];
  consistency: ConsistencyCase[];
}>('merkle_rfc6962');

const bytes = (base64: string): Hash => Buffer.from(base64 ?? '', 'base64');
const proofOf = ({ proof }: Proof): Hash[] => (proof ?? []).map(bytes);

const leavesOf = (count: number): Hash[] => Array.from({ length: count }, (_, at) => leafHash(Buffer.from(`${at}`)));
const nodesOver =
  (leaves: readonly Hash[]) =>
  (level: number, index: number): Promise<Hash> =>
    Promise.resolve(rootOf(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)));

describe('the hashes of RFC 6962', () => {
  test('are those of the reference implementation', () => {
    expect(EMPTY_ROOT.toString('hex')).toBe(known.hasher.empty);
    expect(leafHash(Buffer.alloc(0)).toString('hex')).toBe(known.hasher.leaf_empty);
    expect(leafHash(Buffer.from('L123456')).toString('hex')).toBe(known.hasher.leaf_L123456);
  });

  test('of nodes too', () => {
    // The reference hashes the texts N123 and N456 as if they were nodes; ours takes 32-byte hashes only.
    const [one, other] = [leafHash(Buffer.from('a')), leafHash(Buffer.from('b'))];

    expect(nodeHash(one, other)).not.toEqual(nodeHash(other, one));
    expect(nodeHash(one, other)).not.toEqual(leafHash(Buffer.concat([one, other])));
  });
});

describe('a proof that a leaf is in a tree', () => {
  test.each(known.inclusion)('is judged as the reference judges $file', (vector) => {
    const judged = includes({
      leaf: bytes(vector.leafHash),
      index: vector.leafIdx,
      size: vector.treeSize,
      proof: proofOf(vector),
      root: bytes(vector.root),
    });

    expect(judged).toBe(!vector.wantErr);
  });

  test('holds for every leaf of every tree, and for no other leaf, place, size or root', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 300 }), fc.nat(), fc.nat(), async (size, at, other) => {
        const leaves = leavesOf(size);
        const index = at % size;
        const proof = await proveInclusion(nodesOver(leaves), index, size);
        const claim = { leaf: leaves[index] ?? EMPTY_ROOT, index, size, proof, root: rootOf(leaves) };

        expect(includes(claim)).toBe(true);
        expect(includes({ ...claim, leaf: leafHash(Buffer.from('forged')) })).toBe(false);
        expect(includes({ ...claim, root: EMPTY_ROOT })).toBe(false);
        expect(includes({ ...claim, proof: [...proof, EMPTY_ROOT] })).toBe(false);
        if (proof.length > 0) expect(includes({ ...claim, proof: proof.slice(1) })).toBe(false);
        if (other % size !== index) expect(includes({ ...claim, index: other % size })).toBe(false);
      }),
    );
  });
});

describe('a proof that a tree begins with an older one', () => {
  test.each(known.consistency)('is judged as the reference judges $file', (vector) => {
    const judged = extendsTree(
      { size: vector.size1, root: bytes(vector.root1) },
      { size: vector.size2, root: bytes(vector.root2) },
      proofOf(vector),
    );

    expect(judged).toBe(!vector.wantErr);
  });

  test('holds for every pair of sizes, and not once one leaf of the older tree was another', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 300 }), fc.nat({ max: 300 }), fc.nat(), async (one, more, at) => {
        const leaves = leavesOf(one + more);
        const nodes = nodesOver(leaves);
        const older = { size: one, root: await rootAt(nodes, one) };
        const newer = { size: one + more, root: rootOf(leaves) };
        const proof = await proveConsistency(nodes, older.size, newer.size);
        const forged = leaves.with(at % Math.max(1, one), leafHash(Buffer.from('forged')));

        expect(extendsTree(older, newer, proof)).toBe(true);
        if (one > 0) {
          const forgedProof = await proveConsistency(nodesOver(forged), older.size, newer.size);
          expect(extendsTree(older, { ...newer, root: rootOf(forged) }, forgedProof)).toBe(false);
        }
      }),
    );
  });

  test('does not exist for a tree that is larger than the newer one', async () => {
    await expect(proveConsistency(nodesOver(leavesOf(3)), 4, 3)).rejects.toThrow('does not begin with 4');
    await expect(proveInclusion(nodesOver(leavesOf(3)), 3, 3)).rejects.toThrow('leaf 3 is not among 3');
  });
});
