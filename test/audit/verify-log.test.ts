import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHECKPOINT } from '../../core/audit/contract.ts';
import { encodeLeaf, type Leaf } from '../../core/audit/leaf.ts';
import { encodeEntries } from '../../core/audit/tile.ts';
import { type LogAnswer, verifyLog } from '../../core/audit/verify-log.ts';
import { digestOf } from '../../core/kernel/digest.ts';
import { logSigner, type MemoryLog, memoryLog, readerOf, someLeaf, someLeaves } from '../support/memory-log.ts';

const signer = logSigner();
const { key } = signer;

const verified = (log: Pick<MemoryLog, 'objects'>, kept: Record<string, string> = {}): Promise<LogAnswer> =>
  verifyLog({ read: readerOf(log), key, kept });
const rulesOf = ({ reasons }: LogAnswer): string[] => [...new Set(reasons.map(({ rule }) => rule))];

/** The log of other leaves under the checkpoint that was signed: what stands when someone without the key changes it. */
const underOldCheckpoint = (leaves: readonly Leaf[], { checkpoint }: MemoryLog): Pick<MemoryLog, 'objects'> => {
  const { objects } = memoryLog(leaves, logSigner());
  return { objects: new Map([...objects, [CHECKPOINT, Buffer.from(checkpoint)]]) };
};

const counts = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 250, max: 700 }));
const edits: Readonly<Record<string, (leaves: readonly Leaf[], at: number, to: number) => Leaf[]>> = {
  'is changed': (leaves, at) => leaves.with(at, { ...someLeaf(at), digest: digestOf('forged') }),
  'is dropped': (leaves, at) => leaves.toSpliced(at, 1),
  'is moved': (leaves, at, to) => leaves.toSpliced(at, 1).toSpliced(to, 0, someLeaf(at)),
  'is inserted': (leaves, at) => leaves.toSpliced(at, 0, someLeaf(leaves.length + 1)),
  'is back-dated': (leaves, at) =>
    leaves.with(at, { ...someLeaf(at), occurredAt: '2025-12-01T00:00:00.000Z', loggedAt: '2025-12-01T00:00:01.000Z' }),
  'stands twice': (leaves, at) => leaves.toSpliced(at, 0, someLeaf(at)),
};

describe('a log as it was signed', () => {
  test('is valid at every size, and against every checkpoint that was kept', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 700 }), fc.array(fc.nat({ max: 700 }), { maxLength: 4 }), async (size, ats) => {
        const leaves = someLeaves(size);
        const kept = ats.map((at) => [`kept-${at}`, memoryLog(leaves.slice(0, at % (size + 1)), signer).checkpoint]);

        const answer = await verified(memoryLog(leaves, signer), Object.fromEntries(kept));

        expect(answer).toMatchObject({ outcome: 'valid', reasons: [], checkpoint: { size } });
      }),
      { numRuns: 30 },
    );
  });

  test('tells of when its leaves are, and how far the reading is', async () => {
    const seen: number[] = [];
    const log = memoryLog(someLeaves(600), signer);

    const answer = await verifyLog({ read: readerOf(log), key, onProgress: (done) => seen.push(done) });

    expect(answer.logged).toEqual({ from: someLeaf(0).loggedAt, to: someLeaf(599).loggedAt });
    expect(seen).toEqual([256, 512, 600]);
  });
});

describe('a log in which, without the key,', () => {
  test.each(Object.entries(edits))('a leaf %s is invalid', async (name, edit) => {
    await fc.assert(
      fc.asyncProperty(counts, fc.nat(), fc.nat(), async (size, at, to) => {
        const leaves = someLeaves(size);
        const places = name === 'is moved' ? [at % size, to % size] : [at % size, 0];
        const [from = 0, target = 0] = places;
        fc.pre(name !== 'is moved' || from !== target);
        const log = memoryLog(leaves, signer);

        const answer = await verified(underOldCheckpoint(edit(leaves, from, target), log));

        expect(answer.outcome).toBe('invalid');
      }),
      { numRuns: 30 },
    );
  });

  test('any byte of any object is another one is invalid', async () => {
    await fc.assert(
      fc.asyncProperty(counts, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), async (size, which, at, flip) => {
        const { objects } = memoryLog(someLeaves(size), signer);
        const current = [...objects.keys()].filter((path) => path !== CHECKPOINT);
        const path = current[which % current.length] ?? '';
        const bytes = Buffer.from(objects.get(path) ?? '');
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ flip;

        const answer = await verified({ objects: new Map([...objects, [path, bytes]]) });

        expect(answer.outcome).toBe('invalid');
      }),
      { numRuns: 60 },
    );
  });

  test('any object is gone, hidden by a delete marker say, is invalid, and the object is named', async () => {
    const { objects } = memoryLog(someLeaves(600), signer);

    for (const path of objects.keys()) {
      const answer = await verified({ objects: new Map([...objects].filter(([each]) => each !== path)) });

      expect(answer.reasons).toContainEqual(expect.objectContaining({ rule: 'audit.missing', path }));
    }
  });

  test('one leaf and its tile are changed together is invalid by its root', async () => {
    const log = memoryLog(someLeaves(300), signer);

    const answer = await verified(underOldCheckpoint(edits['is changed']?.(someLeaves(300), 299, 0) ?? [], log));

    expect(rulesOf(answer)).toEqual(['audit.root-differs']);
  });

  test('one entry is changed alone is invalid, and the leaf is named', async () => {
    const log = memoryLog(someLeaves(300), signer);
    const bundle = someLeaves(300).slice(256);
    const changed = bundle.with(3, { ...someLeaf(259), digest: digestOf('forged') });
    log.objects.set('tile/entries/001.p/44', encodeEntries(changed.map(encodeLeaf)));

    const answer = await verified(log);

    expect(answer.reasons[0]).toMatchObject({
      rule: 'audit.entry-differs',
      path: 'leaf 259 in tile/entries/001',
    });
  });
});

describe('a log that the holder of the key signed anew', () => {
  test.each(Object.entries(edits))('after a leaf %s is a fork of what was kept', async (name, edit) => {
    await fc.assert(
      fc.asyncProperty(counts, fc.nat(), async (size, at) => {
        const leaves = [...someLeaves(size), someLeaf(size), someLeaf(size + 1)];
        const kept = memoryLog(leaves, signer).checkpoint;
        const from = at % size;
        const forged = [...edit(leaves, from, from + 1), ...[2, 3].map((more) => someLeaf(size + more))];

        const answer = await verified(memoryLog(forged, signer), { 'kept elsewhere': kept });

        expect(rulesOf(answer)).toContain('audit.forked');
      }),
      { numRuns: 20 },
    );
    expect(name).not.toBe('');
  });

  test('with fewer leaves is shorter than what was kept', async () => {
    const kept = memoryLog(someLeaves(30), signer).checkpoint;

    const answer = await verified(memoryLog(someLeaves(29), signer), { 'kept elsewhere': kept });

    expect(answer.reasons).toEqual([
      expect.objectContaining({ rule: 'audit.shortened', path: 'kept elsewhere', found: '29', allowed: '30 or more' }),
    ]);
  });

  test('still shows a leaf that was logged before the one in front of it, and a fact that stands twice', async () => {
    const backDated = edits['is back-dated']?.(someLeaves(9), 5, 0) ?? [];
    const twice = edits['stands twice']?.(someLeaves(9), 5, 0) ?? [];

    expect(rulesOf(await verified(memoryLog(backDated, signer)))).toEqual(['audit.time-reversed']);
    expect(rulesOf(await verified(memoryLog(twice, signer)))).toEqual(['audit.leaf-twice']);
  });
});

describe('a checkpoint', () => {
  test('that another key signed, or that is none, says nothing', async () => {
    const { objects } = memoryLog(someLeaves(3), logSigner());
    const none = new Map([...objects, [CHECKPOINT, Buffer.from('hello\n')]]);

    expect(rulesOf(await verified({ objects }))).toEqual(['audit.not-signed']);
    expect(rulesOf(await verified({ objects: none }))).toEqual(['audit.not-signed']);
    expect(rulesOf(await verified(memoryLog(someLeaves(3), signer), { kept: 'hello' }))).toEqual(['audit.not-signed']);
  });
});

test('what is wrong everywhere is told at most twenty times, and does not hide what is wrong besides', async () => {
  const { objects } = memoryLog(someLeaves(700), signer);
  for (const path of objects.keys())
    if (!/entries|checkpoint/.test(path)) objects.set(path, Buffer.alloc(objects.get(path)?.length ?? 0));

  const answer = await verified({ objects });

  expect(answer.reasons.filter(({ rule }) => rule === 'audit.entry-differs')).toHaveLength(20);
  expect(rulesOf(answer)).toEqual(['audit.entry-differs', 'audit.damaged']);
});
