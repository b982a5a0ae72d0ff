import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leafHash, proveInclusion, rootAt, rootOf } from '../../core/audit/merkle.ts';
import {
  decodeEntries,
  edgeTiles,
  encodeEntries,
  encodeHashes,
  LogIncomplete,
  nodesOf,
  tileAt,
  tilePath,
} from '../../core/audit/tile.ts';
import { EMPTY_EDGE, growTree, readEdge, rootOfEdge, type TreeEdge } from '../../core/audit/tree-edge.ts';

const leaves = Array.from({ length: 70_000 }, (_, at) => leafHash(Buffer.from(`${at}`)));

describe('the path of a tile', () => {
  // The examples of https://c2sp.org/tlog-tiles.
  test.each([
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 1_234_067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 1, index: 1, width: 17 }, 'tile/1/001.p/17'],
    [{ level: 'entries' as const, index: 273, width: 112 }, 'tile/entries/273.p/112'],
    [{ level: 0, index: 1000, width: 256 }, 'tile/0/x001/000'],
  ])('is that of the specification: %o', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
  });

  test('names as many hashes as a tree has there', () => {
    // The specification's own example: a tree of 70,000 leaves.
    expect(tileAt(0, 272, 70_000)).toEqual({ level: 0, index: 272, width: 256 });
    expect(tileAt(0, 273, 70_000)).toEqual({ level: 0, index: 273, width: 112 });
    expect(tileAt(0, 274, 70_000)).toBeUndefined();
    expect(edgeTiles(70_000).map(tilePath)).toEqual(['tile/0/273.p/112', 'tile/1/001.p/17', 'tile/2/000.p/1']);
    expect(edgeTiles(0)).toEqual([]);
  });
});

describe('entries', () => {
  test('come back as they were, and never another number of them', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (entries) => {
        const bundle = encodeEntries(entries);

        expect(decodeEntries(bundle, entries.length)).toEqual(entries.map((entry) => Buffer.from(entry)));
        expect(decodeEntries(bundle, entries.length + 1)).toBeUndefined();
        if (entries.length > 0) expect(decodeEntries(bundle, entries.length - 1)).toBeUndefined();
        if (entries.length > 0) expect(decodeEntries(bundle.subarray(0, -1), entries.length)).toBeUndefined();
      }),
    );
  });

  test('that are too long for their length are refused', () => {
    expect(() => encodeEntries([Buffer.alloc(65_536)])).toThrow('too long');
  });
});

describe('a tree that grows', () => {
  const grow = (steps: readonly number[]) => {
    const objects = new Map<string, Buffer>();
    let edge: TreeEdge = EMPTY_EDGE;
    for (const step of steps) {
      const grown = growTree(edge, leaves.slice(edge.size, edge.size + step));
      for (const tile of grown.tiles) {
        const path = tilePath(tile);
        expect(objects.has(path) ? encodeHashes(tile.hashes) : undefined).toEqual(objects.get(path));
        objects.set(path, encodeHashes(tile.hashes));
      }
      edge = grown.edge;
    }
    return { edge, objects, read: (path: string) => Promise.resolve(objects.get(path)) };
  };
  const steps = fc.array(fc.oneof(fc.nat({ max: 5 }), fc.integer({ min: 200, max: 700 })), { maxLength: 8 });

  test('has the same root, edge and full tiles whatever the steps', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (by) => {
        const size = by.reduce((sum, step) => sum + step, 0);

        const stepwise = grow(by);
        const atOnce = grow([size]);

        expect(rootOfEdge(stepwise.edge)).toEqual(rootOf(leaves.slice(0, size)));
        expect(await readEdge(stepwise.read, size)).toEqual(stepwise.edge);
        for (const [path, bytes] of atOnce.objects) expect(stepwise.objects.get(path)).toEqual(bytes);
      }),
      { numRuns: 40 },
    );
  });

  test('of more than 65,536 leaves proves its leaves from a few tiles', async () => {
    const { edge, read } = grow([65_000, 5_000]);
    const asked: string[] = [];
    const nodes = nodesOf((path) => {
      asked.push(path);
      return read(path);
    }, edge.size);

    const proof = await proveInclusion(nodes, 12_345, edge.size);

    expect(proof).toHaveLength(17);
    expect(asked.toSorted()).toEqual(['tile/0/048', 'tile/1/000', 'tile/1/001.p/17', 'tile/0/273.p/112'].toSorted());
    expect(await rootAt(nodes, edge.size)).toEqual(rootOfEdge(edge));
  });

  test('says which tile is missing or cut short', async () => {
    const { objects, read } = grow([300]);
    objects.delete('tile/0/000');
    objects.set('tile/0/001.p/44', Buffer.alloc(31));

    await expect(nodesOf(read, 300)(0, 7)).rejects.toThrow(new LogIncomplete('tile/0/000', 'there is no such tile'));
    await expect(readEdge(read, 300)).rejects.toThrow('tile/0/001.p/44: expected 44 hashes of 32 bytes');
  });
});
