import { describe, expect, test } from 'vitest';
import { HoldLifted, HoldPlaced } from '../../core/hold/contract.ts';
import { HoldScope, holdsInScope, type PlaceHold } from '../../core/hold/hold.ts';
import { liftHold } from '../../core/hold/lift-hold.ts';
import { placeHold } from '../../core/hold/place-hold.ts';
import { memoryHolds } from '../support/memory-holds.ts';

const start = new Date('2026-11-23T10:00:00.000Z');
const at = (minutes: number) => ({ now: () => new Date(start.getTime() + minutes * 60_000) });
const eva = { kind: 'person', arn: 'arn:aws:iam::111122223333:user/eva' } as const;
const subject = { model: 'fraud', version: '2.0.0', environment: 'prod' };

const drifted: PlaceHold = {
  scope: HoldScope.parse({ model: 'fraud', environment: 'prod' }),
  effect: 'pause',
  severity: 'page',
  reason: { rule: 'drift.feature-shifted', message: 'age: PSI 0.41, was 0.03', found: '0.41', allowed: '0.2' },
  placedBy: { kind: 'signal', signal: 'drift.feature-shifted' },
};

test('a hundred alarms about one thing are one hold and one fact', async () => {
  const { holds, facts, now } = memoryHolds();
  const place = placeHold({ holds, clock: at(0) });

  const placed = await Promise.all(Array.from({ length: 8 }, () => place(drifted)));

  const ids = placed.map((each) => (each.outcome === 'refused' ? each.outcome : each.hold.id));
  expect(new Set(ids).size).toBe(1);
  expect(now().holds).toEqual([expect.objectContaining({ count: 8 })]);
  expect(facts.map(({ detail }) => HoldPlaced.parse(detail).hold)).toEqual([ids[0]]);
});

test('what is lifted holds nothing, tells who and why, and comes back when the signal does', async () => {
  const { holds, facts, now } = memoryHolds();
  const placed = await placeHold({ holds, clock: at(0) })(drifted);
  const id = placed.outcome === 'refused' ? '' : placed.hold.id;

  const lifted = await liftHold({ holds, clock: at(1) })({ id, by: eva, reason: 'the upstream feed is mended' });
  const standing = holdsInScope(now(), subject, at(1).now());
  const again = await placeHold({ holds, clock: at(2) })(drifted);

  expect([lifted.outcome, standing, again.outcome]).toEqual(['lifted', [], 'placed']);
  expect(HoldLifted.parse(facts[1]?.detail)).toMatchObject({ liftedBy: eva, reason: 'the upstream feed is mended' });
  expect(new Set(facts.map((fact) => fact.id)).size).toBe(3);
});

test('lifting twice, or what never stood, changes nothing', async () => {
  const { holds, facts } = memoryHolds();
  const placed = await placeHold({ holds, clock: at(0) })(drifted);
  const id = placed.outcome === 'refused' ? '' : placed.hold.id;
  const lift = liftHold({ holds, clock: at(1) });
  await lift({ id, by: eva, reason: 'mended' });

  const outcomes = [await lift({ id, by: eva, reason: 'again' }), await lift({ id: 'x', by: eva, reason: 'what' })];

  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['not-standing', 'unknown']);
  expect(facts).toHaveLength(2);
});

test('two people who hold the same thing hold it twice: lifting one leaves the other', async () => {
  const { holds, now } = memoryHolds();
  const byHand = (user: string) =>
    placeHold({ holds, clock: at(0) })({
      ...drifted,
      placedBy: { ...eva, arn: `arn:aws:iam::111122223333:user/${user}` },
    });
  const first = await byHand('eva');
  await byHand('max');

  const id = first.outcome === 'refused' ? '' : first.hold.id;
  await liftHold({ holds, clock: at(1) })({ id, by: eva, reason: 'fine again' });

  expect(holdsInScope(now(), subject, at(1).now())).toHaveLength(1);
});

describe('refused', () => {
  test('is a hold that would never stand', async () => {
    const { holds, now } = memoryHolds();

    const placed = await placeHold({ holds, clock: at(0) })({ ...drifted, expiresAt: '2026-11-23T10:00:00.000Z' });

    expect(placed).toMatchObject({ outcome: 'refused', reasons: [{ rule: 'hold.expired-at-once' }] });
    expect(now().holds).toEqual([]);
  });

  test('is a lift without a reason', async () => {
    const { holds } = memoryHolds();

    const lifting = liftHold({ holds, clock: at(0) })({ id: 'x', by: eva, reason: ' ' });

    await expect(lifting).rejects.toThrow('without a reason');
  });
});

test('a lost list is no list: nothing is placed on it as if it were empty', async () => {
  const { holds, lose } = memoryHolds();
  lose();

  const placing = placeHold({ holds, clock: at(0) })(drifted);

  await expect(placing).rejects.toThrow(expect.objectContaining({ name: 'Hold.ListUnreadable' }));
});
