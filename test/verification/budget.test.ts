import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryVerification } from '../support/memory-verification.ts';

const KB = 1024;
const body = (size: number, seed: number): string => String.fromCharCode(65 + (seed % 26)).repeat(size);

/** So many versions of one file of that size each, and a manifest of two bytes. */
const planeOf = async (sizes: readonly number[], options: Parameters<typeof memoryVerification>[0]) => {
  const plane = memoryVerification(options);
  for (const [at, size] of sizes.entries())
    await plane.register({ model: 'm', version: String(at) }, { 'manifest.json': '{}', 'model.bin': body(size, at) });
  /** What hashing read, without the signatures. */
  const signatures = sizes.length * 5 * KB;
  return { plane, signatures };
};

/** Park and Miller's, so that a failure comes again. */
const drawing = () => {
  let state = 7;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
};

const bytesHashed = (plane: Awaited<ReturnType<typeof planeOf>>['plane']): number =>
  plane.measured.find(([name]) => name === 'BytesHashed')?.[1] ?? Number.NaN;

describe('bytes', () => {
  test('are read up to the budget of a run and no further', async () => {
    const sizes = Array.from({ length: 20 }, () => 10 * KB);
    const { plane, signatures } = await planeOf(sizes, { rules: { bytesPerRun: 100 * KB, idleMinutes: 1 } });

    await plane.verify();

    expect(bytesHashed(plane)).toBeLessThan(100 * KB + signatures);
    expect(bytesHashed(plane)).toBeGreaterThan(80 * KB);
  });

  test('are all read within as many runs as half of the budget takes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 8 * KB }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 2 * KB, max: 32 * KB }),
        fc.double({ min: 0, max: 0.999 }),
        async (sizes, bytesPerRun, chance) => {
          const rules = { bytesPerRun, idleMinutes: 10_080 };
          const { plane } = await planeOf(sizes, { rules, random: () => chance });
          const all = sizes.reduce((sum, size) => sum + size + 2, 0);
          // A file that does not fit into what is left of a run waits for the next.
          const runs = Math.ceil((2 * all) / bytesPerRun) + 2 * sizes.length;

          for (let run = 0; run < runs; run++) await plane.verify();

          expect([...plane.marks.values()].filter(({ hashedAt }) => hashedAt === null)).toEqual([]);
        },
      ),
      { numRuns: 8 },
    );
  });

  test('of a file that is larger than the budget are read alone, to their end', async () => {
    const { plane } = await planeOf([64 * KB, KB], { rules: { bytesPerRun: 4 * KB, idleMinutes: 10_080 } });

    for (let run = 0; run < 4; run++) await plane.verify();

    expect([...plane.marks.values()].map(({ hashedAt }) => hashedAt !== null)).toEqual([true, true]);
  });

  test('that take longer than a run keep no other version waiting, and are told when the period is over', async () => {
    const { plane } = await planeOf([KB, KB, KB], { rules: { idleMinutes: 60, fullPeriodDays: 1 }, seconds: 60 });
    const { bytes } = plane.ports.objects;
    const slow: typeof bytes = async (object) => {
      const chunks = await bytes(object);
      if (object.key !== 'models/m/0/model.bin') return chunks;
      return (async function* () {
        for await (const chunk of chunks) {
          plane.time.now = new Date(plane.time.now.getTime() + 120_000);
          yield chunk;
        }
      })();
    };
    Object.assign(plane.ports.objects, { bytes: slow });

    for (let run = 0; run < 4; run++) await plane.verify();
    const early = plane.measured.find(([name]) => name === 'VersionsUnverified')?.[1];
    await plane.verify(86_400);

    const hashed = [...plane.marks.values()].map(({ version, hashedAt }) => [version, hashedAt !== null]);
    expect(Object.fromEntries(hashed)).toEqual({ 0: false, 1: true, 2: true });
    expect(plane.held()).toEqual([]);
    expect(early).toBe(0);
    expect(plane.measured).toContainEqual(['VersionsUnverified', 1]);
  });

  test('of what serves are read more often', async () => {
    const sizes = Array.from({ length: 10 }, () => 10 * KB);
    const { plane } = await planeOf(sizes, { rules: { bytesPerRun: 40 * KB, idleMinutes: 1 }, random: drawing() });
    plane.serves.served = [{ model: 'm', version: '7' }];
    const reads = new Map<string, number>();
    const { bytes } = plane.ports.objects;
    Object.assign(plane.ports.objects, {
      bytes: async (object: Parameters<typeof bytes>[0]) => {
        if (object.key.endsWith('.bin')) reads.set(object.key, (reads.get(object.key) ?? 0) + 1);
        return bytes(object);
      },
    });

    for (let run = 0; run < 20; run++) await plane.verify();

    const { 'models/m/7/model.bin': served = 0, ...others } = Object.fromEntries(reads);
    const mean = Object.values(others).reduce((sum, times) => sum + times, 0) / 9;
    expect([served / mean > 2, served / mean < 6]).toEqual([true, true]);
  });

  test('are read out of turn too: a change right after a version was hashed is found before it is due again', async () => {
    const { plane } = await planeOf([KB, KB, KB, KB, KB], { rules: { idleMinutes: 10_080 }, random: drawing() });
    await plane.verify();
    const object = plane.all().find(({ key }) => key === 'models/m/3/model.bin');
    if (object !== undefined) plane.corrupt(object, () => Buffer.alloc(KB));

    for (let run = 0; run < 5 && plane.held().length === 0; run++) await plane.verify();

    expect(plane.held()).toMatchObject([{ scope: { model: 'm', version: '3' } }]);
  });
});

describe('what is looked at', () => {
  test('in every run is what serves; the rest in turn', async () => {
    const { plane } = await planeOf([KB, KB, KB, KB], { rules: { idleMinutes: 60, bytesPerRun: 1 }, random: () => 0 });
    plane.serves.served = [{ model: 'm', version: '2' }];
    await plane.verify(60);
    const at = (version: string) => plane.markOf({ model: 'm', version })?.triedAt;
    for (let run = 0; run < 6; run++) await plane.verify();
    const first = [at('2'), at('1')];

    await plane.verify(3600);

    expect(first[0] !== undefined && first[1] !== undefined && first[0] >= first[1]).toBe(true);
    expect(new Set(['0', '1', '2', '3'].map(at))).toEqual(new Set([plane.time.now.toISOString()]));
  });

  test('goes on where the run before ran out of time, and the age of what waits is measured', async () => {
    const sizes = Array.from({ length: 10 }, () => KB);
    const { plane } = await planeOf(sizes, { rules: { idleMinutes: 60 }, seconds: 30 });
    const { keys } = plane.ports.objects;
    Object.assign(plane.ports.objects, {
      keys: async (...args: Parameters<typeof keys>) => {
        plane.time.now = new Date(plane.time.now.getTime() + 10_000);
        return keys(...args);
      },
    });

    await plane.verify();
    const first = plane.marks.size;
    for (let run = 0; run < 4; run++) await plane.verify();

    expect(first).toBeLessThan(5);
    expect(plane.marks.size).toBe(10);
  });

  test('a version that was never looked at is late from its registration on', async () => {
    const { plane } = await planeOf([KB, KB], { rules: { idleMinutes: 1 }, seconds: 0 });

    await plane.verify(3600);

    expect(plane.measured).toContainEqual(['VerificationAge', 3540]);
  });
});
