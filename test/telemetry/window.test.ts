import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SummaryPart, telemetry, Window } from '../../core/telemetry/contract.ts';
import { mergeSummaries, rollUp, windowBytes } from '../../core/telemetry/window.ts';
import { inference, jsonLines, summaryOf } from '../support/inference.ts';

const bytesOf = (windows: readonly Window[]): string[] => windows.map(windowBytes);

const event = fc.record({
  hour: fc.integer({ min: 8, max: 9 }),
  minute: fc.integer({ min: 10, max: 59 }),
  deployment: fc.constantFrom('production', 'shadow'),
  latency: fc.double({ min: 0, max: 1e4, noNaN: true }),
  region: fc.constantFrom('north', 'south', 'west'),
});
const files = fc.array(fc.array(event, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 5 });

const summarised = async (contents: readonly (readonly { hour: number; minute: number; region: string }[])[]) =>
  (
    await Promise.all(
      contents.map((events, index) => {
        const lines = events.map(({ hour, minute, region, ...more }) =>
          inference({ ...more, timestamp: `2026-11-23T0${hour}:${minute}:30Z`, features: { age: minute, region } }),
        );
        return summaryOf(jsonLines(...lines), { key: `captures/${index}.jsonl` });
      }),
    )
  ).flat();

test('files delivered five times in any order leave the same windows, byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(files, fc.integer(), async (contents, seed) => {
      const once = await summarised(contents);
      const delivered = [...once, ...once, ...once, ...once, ...once];
      const [shuffled] = fc.sample(fc.shuffledSubarray(delivered, { minLength: delivered.length }), {
        seed,
        numRuns: 1,
      });

      const windows = bytesOf(mergeSummaries(shuffled ?? []));

      expect(windows).toEqual(bytesOf(mergeSummaries(once)));
      expect(shuffled).toHaveLength(delivered.length);
    }),
    { numRuns: 30 },
  );
});

test('minutes rolled up to hours, hours to days and minutes to days agree, and lose no request', async () => {
  await fc.assert(
    fc.asyncProperty(files, async (contents) => {
      const parts = await summarised(contents);

      const minutes = mergeSummaries(parts);
      const hours = rollUp(minutes, 'hour');
      const days = rollUp(hours, 'day');

      expect(bytesOf(rollUp(minutes, 'day'))).toEqual(bytesOf(days));
      expect(bytesOf(mergeSummaries(parts, 'hour'))).toEqual(bytesOf(hours));
      expect(days.reduce((sum, { tally }) => sum + tally.requests, 0)).toBe(contents.flat().length);
    }),
    { numRuns: 30 },
  );
});

test('a late file changes the windows of its own minutes only', async () => {
  const [early, late] = [
    await summaryOf(
      jsonLines(inference({ timestamp: '2026-11-23T10:00:00Z' }), inference({ timestamp: '2026-11-23T10:01:00Z' })),
    ),
    await summaryOf(jsonLines(inference({ timestamp: '2026-11-23T10:01:30Z' })), { key: 'late' }),
  ];

  const before = bytesOf(mergeSummaries(early));
  const after = bytesOf(mergeSummaries([...early, ...late]));

  expect(after[0]).toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
});

test('a day is not cut into hours', async () => {
  const days = mergeSummaries(await summaryOf(jsonLines(inference())), 'day');

  expect(() => rollUp(days, 'hour')).toThrow(TypeError);
});

test('what is stored is read back as it was', async () => {
  const parts = await summaryOf(jsonLines(inference(), inference({ features: { age: 1, region: 'west' } })));
  const [window] = mergeSummaries(parts);

  expect(Window.parse(JSON.parse(windowBytes(window as Window)))).toEqual(window);
  expect(parts.map((part) => SummaryPart.parse(JSON.parse(JSON.stringify(part))))).toEqual(parts);
});

test('keys name the source of a summary, and the stream and span of a window', async () => {
  const [window] = mergeSummaries(await summaryOf(jsonLines(inference())), 'hour');

  expect(telemetry.keys.window(window as Window)).toBe(
    'windows/credit-risk/3/production/hour/2026-11-23T10:00:00.000Z.json',
  );
  expect(telemetry.keys.summary({ key: 'a', versionId: '1' })).not.toBe(
    telemetry.keys.summary({ key: 'a', versionId: '2' }),
  );
});
