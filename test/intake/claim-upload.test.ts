import fc from 'fast-check';
import { expect, test } from 'vitest';
import { claimUpload } from '../../core/intake/claim-upload.ts';
import { memoryPlane } from '../support/memory-plane.ts';
import { announcement } from '../support/upload.ts';

const LEASE = 600;
const claimer = (plane: ReturnType<typeof memoryPlane>) => claimUpload({ ...plane, leaseSeconds: LEASE });

test('of twenty simultaneous deliveries of one manifest exactly one is claimed', async () => {
  const plane = memoryPlane();
  const claim = claimer(plane);

  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, i) => claim(announcement('m1', `execution-${i}`)).then(({ outcome }) => outcome)),
  );

  expect(outcomes.filter((outcome) => outcome === 'claimed')).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === 'in-progress')).toHaveLength(19);
});

test('a retried claim by the same execution is granted again and does not count as a try', async () => {
  const plane = memoryPlane();
  const claim = claimer(plane);

  await claim(announcement('m1', 'execution-1'));
  const again = await claim(announcement('m1', 'execution-1'));

  expect(again.outcome).toBe('claimed');
  expect([...plane.records.values()][0]?.tries).toBe(1);
});

test('a lease that is over passes to the next execution, which goes on with the same look', async () => {
  const plane = memoryPlane();
  const claim = claimer(plane);
  await claim(announcement('m1', 'execution-1'));

  plane.pass(LEASE - 1);
  const early = await claim(announcement('m1', 'execution-2'));
  plane.pass(2);
  const late = await claim(announcement('m1', 'execution-2'));

  expect(early.outcome).toBe('in-progress');
  expect(late).toMatchObject({ outcome: 'claimed', attempt: { look: 0 } });
});

test('an attempt whose executions keep dying is given up after the configured tries', async () => {
  const plane = memoryPlane({ tries: 3 });
  const claim = claimer(plane);

  const outcomes: string[] = [];
  for (let i = 0; i < 5; i++) {
    outcomes.push((await claim(announcement('m1', `execution-${i}`))).outcome);
    plane.pass(LEASE + 1);
  }

  expect(outcomes).toEqual(['claimed', 'claimed', 'claimed', 'exhausted', 'exhausted']);
});

test('a manifest written again is another attempt', async () => {
  const plane = memoryPlane();
  const claim = claimer(plane);

  const first = await claim(announcement('m1', 'execution-1'));
  const second = await claim(announcement('m2', 'execution-2'));

  expect([first.outcome, second.outcome]).toEqual(['claimed', 'claimed']);
});

test('a deeper manifest.json, or one elsewhere, is an ordinary file', async () => {
  const claim = claimer(memoryPlane());
  const keys = ['models/a/1/sub/manifest.json', 'manifest.json', 'models/manifest.json', 'models/a/manifest.json'];

  const outcomes = await Promise.all(
    keys.map((key) => claim({ ...announcement('m1', 'e'), key }).then(({ outcome }) => outcome)),
  );

  expect(new Set(outcomes)).toEqual(new Set(['not-a-manifest']));
});

test('however deliveries interleave, no two executions hold an attempt at the same time', async () => {
  const deliveries = fc.array(
    fc.record({ execution: fc.integer({ min: 0, max: 4 }), wait: fc.integer({ min: 0, max: 900 }) }),
    {
      maxLength: 30,
    },
  );
  await fc.assert(
    fc.asyncProperty(deliveries, async (schedule) => {
      const plane = memoryPlane({ tries: 20 });
      const claim = claimer(plane);
      let holder: { execution: number; until: number } | undefined;
      let now = 0;
      for (const { execution, wait } of schedule) {
        now += wait;
        plane.pass(wait);
        const { outcome } = await claim(announcement('m1', `execution-${execution}`));
        // Whoever holds it may ask again; when its time is over it is anybody's but theirs.
        const free = holder === undefined || (holder.execution === execution) === holder.until > now;
        expect(outcome === 'claimed' || outcome === 'exhausted').toBe(free);
        if (free) holder = { execution, until: now + LEASE };
      }
    }),
  );
});
