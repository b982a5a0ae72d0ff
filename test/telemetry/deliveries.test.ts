import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { telemetry, type Window } from '../../core/telemetry/contract.ts';
import { mergeSummaries, windowBytes } from '../../core/telemetry/window.ts';
import { inference, jsonLines } from '../support/inference.ts';
import { Killed } from '../support/interrupted.ts';
import { endingAt, MemoryTelemetry, type Step } from '../support/memory-telemetry.ts';

const source = (index: number) => ({ key: `captures/${index}`, versionId: 'v1' });

const eventOf = ([minute, deployment, age]: [number, string, number]) =>
  inference({
    deployment,
    timestamp: new Date(Date.parse('2026-11-23T10:00:00Z') + minute * 60_000).toISOString(),
    features: { age, region: 'north', employer: `employer-${age}` },
  });

const Files = fc.array(
  fc.record({
    gzip: fc.boolean(),
    events: fc.array(
      fc.tuple(fc.integer({ min: 0, max: 200 }), fc.constantFrom('blue', 'green'), fc.integer({ min: 0, max: 90 })),
      { minLength: 1, maxLength: 12 },
    ),
  }),
  { minLength: 1, maxLength: 4 },
);
/** Who does something, to which file, and after how many effects it ends. */
const History = fc.array(
  fc.record({
    actor: fc.constantFrom('summarise', 'summarise', 'roll-up'),
    file: fc.nat({ max: 3 }),
    ends: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constant(Number.POSITIVE_INFINITY)),
  }),
  { maxLength: 25 },
);

const planeWith = (files: readonly { gzip: boolean; events: [number, string, number][] }[]): MemoryTelemetry => {
  const plane = new MemoryTelemetry();
  files.forEach(({ gzip, events }, index) => {
    const text = jsonLines(...events.map(eventOf));
    plane.files.set(`captures/${index}@v1`, gzip ? gzipSync(text) : Buffer.from(text));
  });
  return plane;
};

/** Whether it came to its end. */
const unlessKilled = async (work: Promise<unknown>): Promise<boolean> => {
  try {
    await work;
    return true;
  } catch (cause) {
    if (!(cause instanceof Killed)) throw cause;
    return false;
  }
};

/** What was taken off the queue once does not come again, and what is due comes to the schedule. */
const settle = async (plane: MemoryTelemetry, left: readonly number[]): Promise<void> => {
  for (const file of left) await plane.summarise()(source(file));
  while ([...plane.marks.values()].some(({ due }) => due)) await plane.rollUp()();
};

/** Straight from the summaries, with nothing in between that could be repeated or lost. */
const expected = async (plane: MemoryTelemetry): Promise<Record<string, string>> => {
  const parts = await plane.parts();
  const windows: Window[] = [...mergeSummaries(parts, 'hour'), ...mergeSummaries(parts, 'day')];
  return Object.fromEntries(
    windows.map((window): [string, string] => [telemetry.keys.window(window), windowBytes(window)]).sort(),
  );
};

describe('windows are a function of the set of files', () => {
  test('whatever was delivered how often, in whatever order, and wherever a function ended', async () => {
    await fc.assert(
      fc.asyncProperty(Files, History, async (files, history) => {
        const plane = planeWith(files);
        const left = new Set(files.keys());
        for (const { actor, file: any, ends } of history) {
          const file = any % files.length;
          if (actor === 'roll-up') await unlessKilled(plane.rollUp(endingAt(ends))());
          else if (await unlessKilled(plane.summarise(endingAt(ends))(source(file)))) left.delete(file);
        }
        await settle(plane, [...left]);

        expect(plane.standing()).toEqual(await expected(plane));
      }),
      { numRuns: 100 },
    );
  });

  test.each([0, 1, 2, 3, 4, 5])('a merge that ends after %i effects is finished by the next one', async (ends) => {
    const plane = planeWith([{ gzip: false, events: [[3, 'blue', 40]] }]);
    await plane.summarise()(source(0));

    await plane.rollUp(endingAt(ends))();
    await settle(plane, []);

    expect(plane.standing()).toEqual(await expected(plane));
    expect(Object.keys(plane.standing())).toHaveLength(2);
  });

  test('and delivered again when all is settled, files change no byte', async () => {
    const plane = planeWith([
      { gzip: true, events: [[3, 'blue', 40]] },
      { gzip: false, events: [[3, 'blue', 41]] },
    ]);
    await settle(plane, [0, 1]);
    const before = plane.standing();

    for (const index of [1, 0, 1, 0]) await plane.summarise()(source(index));
    await settle(plane, []);

    expect(plane.standing()).toEqual(before);
    expect(plane.summaries.size).toBe(2);
  });
});

test('a slow merge that knew less does not take back what a quicker one wrote', async () => {
  const plane = planeWith([
    { gzip: false, events: [[3, 'blue', 40]] },
    { gzip: false, events: [[4, 'blue', 41]] },
  ]);
  await plane.summarise()(source(0));
  const quickerFirst: Step = async (effect) => {
    if (effect !== 'set was read' || plane.summaries.size > 1) return;
    await plane.summarise()(source(1));
    await plane.rollUp()();
  };

  const slow = await plane.rollUp(quickerFirst)();
  const hour = JSON.parse(Object.values(plane.standing())[0] ?? '{}');

  expect(slow.counts.changed).toBe(1);
  expect(hour.tally.requests).toBe(2);
});

test('an hour whose minutes are about to expire stays as it was merged', async () => {
  const plane = planeWith([
    { gzip: false, events: [[3, 'blue', 40]] },
    { gzip: false, events: [[4, 'blue', 41]] },
  ]);
  await plane.summarise()(source(0));
  await plane.rollUp()();
  const before = plane.standing();

  plane.minutes.clear();
  await plane.summarise()(source(1));
  plane.now = new Date('2026-11-30T09:30:00Z');
  const { counts } = await plane.rollUp()();

  expect(counts).toMatchObject({ sealed: 1, 'rolled-up': 1 });
  expect(Object.keys(plane.standing())).toHaveLength(2);
  expect(plane.standing()[Object.keys(before)[0] ?? '']).toBe(Object.values(before)[0]);
});

test('a file that cannot be read is set aside once, with one fact, and is not read again', async () => {
  const plane = new MemoryTelemetry();
  const whole = gzipSync(jsonLines(...Array.from({ length: 50 }, (_, at) => eventOf([at, 'blue', at]))));
  plane.files.set('captures/0@v1', whole.subarray(0, -20));

  const first = await plane.summarise()(source(0));
  const again = await plane.summarise()(source(0));

  expect(first).toMatchObject({ outcome: 'unreadable', reason: expect.stringMatching(/^the gzip stream is damaged/) });
  expect(again).toEqual({ outcome: 'known-unreadable' });
  expect(plane.facts).toHaveLength(1);
  expect([plane.summaries.size, plane.minutes.size]).toEqual([0, 0]);
});

test('an error of the network is none of the file', async () => {
  const plane = planeWith([{ gzip: true, events: [[3, 'blue', 40]] }]);
  const lost: Step = async (effect) => {
    if (effect === 'read') throw new Error('ECONNRESET');
  };

  await expect(plane.summarise(lost)(source(0))).rejects.toThrow('ECONNRESET');

  expect(plane.rejected.size).toBe(0);
});

test('a file that expired before it was read is gone, and nothing is counted of it', async () => {
  const plane = new MemoryTelemetry();

  expect(await plane.summarise()(source(0))).toEqual({ outcome: 'gone' });
});
