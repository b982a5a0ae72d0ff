import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Hold,
  HoldEffect,
  type HoldList,
  HoldScope,
  HoldSeverity,
  holdsInScope,
  isStanding,
  lift,
  type PlaceHold,
  place,
} from '../../core/hold/hold.ts';

const now = new Date('2026-11-23T10:00:00.000Z');
const minutes = (count: number) => new Date(now.getTime() + count * 60_000);

const model = fc.constantFrom('fraud', 'iris');
const version = fc.constantFrom('1.0.0', '2.0.0');
const environment = fc.constantFrom('staging', 'prod');
const subject = fc.record({ model, version, environment });

const scope = fc
  .oneof(
    fc.constant({ everything: true }),
    fc.record({ environment }),
    fc.record({ model }),
    fc.record({ model, environment }),
    fc.record({ model, version }),
    fc.record({ model, version, environment }),
  )
  .map((named) => HoldScope.parse(named));

const request: fc.Arbitrary<PlaceHold> = fc.record({
  scope,
  effect: fc.constantFrom(...HoldEffect.options),
  severity: fc.constantFrom(...HoldSeverity.options),
  reason: fc.nat(1000).map((n) => ({ rule: 'drift.feature-shifted', message: `n ${n}` })),
  placedBy: fc.constantFrom(
    { kind: 'signal', signal: 'drift.feature-shifted' } as const,
    {
      kind: 'person',
      arn: 'arn:aws:iam::111122223333:user/eva',
    } as const,
  ),
  expiresAt: fc.option(
    fc.integer({ min: 1, max: 60 }).map((count) => minutes(count).toISOString()),
    { nil: undefined },
  ),
});

const empty: HoldList = { revision: 1, holds: [] };
const withHold = (list: HoldList, hold: Hold): HoldList => ({
  revision: list.revision + 1,
  holds: [...list.holds.filter(({ id }) => id !== hold.id), hold],
});
const placeAll = (requests: readonly PlaceHold[]) =>
  requests.reduce((list, asked) => withHold(list, place(list, asked, now).hold), empty);

const names = (held: HoldScope) => Object.entries(held) as [string, string | true][];

describe('what a hold holds', () => {
  test('is everything that has all the names in its scope, and nothing else', () => {
    fc.assert(
      fc.property(request, subject, (asked, about) => {
        const list = placeAll([asked]);

        const found = holdsInScope(list, about, now).length === 1;

        const named = names(asked.scope).every(([name, value]) => value === true || about[name as 'model'] === value);
        expect(found).toBe(named);
      }),
    );
  });

  test('grows when a name is left out of its scope', () => {
    fc.assert(
      fc.property(request, subject, fc.constantFrom('version', 'environment'), (asked, about, name) => {
        const { [name as 'environment']: _, ...wider } = asked.scope as { environment?: string };
        const wide = HoldScope.parse(Object.keys(wider).length === 0 ? { everything: true } : wider);

        const narrow = holdsInScope(placeAll([asked]), about, now).length;
        const widened = holdsInScope(placeAll([{ ...asked, scope: wide }]), about, now).length;

        expect(widened).toBeGreaterThanOrEqual(narrow);
      }),
    );
  });

  test.each([
    {},
    { version: '1.0.0' },
    { everything: false },
    { everything: true, model: 'fraud' },
    { modle: 'fraud' },
  ])('cannot be said as %j', (said) => {
    expect(HoldScope.safeParse(said).success).toBe(false);
  });
});

describe('holds that are placed', () => {
  test('never are more than one for a fingerprint, and never let go what one request held', () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 8 }), subject, (requests, about) => {
        const list = placeAll(requests);

        const prints = list.holds.map(({ fingerprint }) => fingerprint);
        expect(new Set(prints).size).toBe(prints.length);
        expect(list.holds.reduce((sum, { count }) => sum + count, 0)).toBe(requests.length);
        for (const asked of requests)
          if (holdsInScope(placeAll([asked]), about, now).length > 0)
            expect(holdsInScope(list, about, now)).not.toEqual([]);
      }),
    );
  });

  test('end up as grave and as long in whatever order they are asked for', () => {
    const grave = ({ holds }: HoldList) =>
      holds
        .map(({ fingerprint, effect, severity, expiresAt }) => ({ fingerprint, effect, severity, expiresAt }))
        .sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));

    fc.assert(
      fc.property(
        fc
          .array(request, { maxLength: 6 })
          .chain((requests) =>
            fc.tuple(
              fc.constant(requests),
              fc.shuffledSubarray(requests, { minLength: requests.length, maxLength: requests.length }),
            ),
          ),
        ([requests, shuffled]) => {
          expect(grave(placeAll(shuffled))).toEqual(grave(placeAll(requests)));
        },
      ),
    );
  });

  test('are told again when they become graver, and only counted when they do not', () => {
    const asked: PlaceHold = {
      scope: HoldScope.parse({ model: 'fraud' }),
      effect: 'pause',
      severity: 'ticket',
      reason: { rule: 'drift.feature-shifted', message: 'age: PSI 0.41' },
      placedBy: { kind: 'signal', signal: 'drift.feature-shifted' },
    };
    const first = place(empty, asked, now);
    const list = withHold(empty, first.hold);

    const outcomes = [
      place(list, asked, minutes(1)),
      place(list, { ...asked, severity: 'page' }, minutes(1)),
      place(list, { ...asked, effect: 'evict' }, minutes(1)),
      place(list, { ...asked, scope: HoldScope.parse({ model: 'iris' }) }, minutes(1)),
    ].map(({ outcome, hold }) => [outcome, hold.count]);

    expect(first.outcome).toBe('placed');
    expect(outcomes).toEqual([
      ['repeated', 2],
      ['raised', 2],
      ['raised', 2],
      ['placed', 1],
    ]);
  });
});

describe('a hold stands', () => {
  test('until it expires or a person lifts it, and the table may clean up later', () => {
    fc.assert(
      fc.property(request, fc.integer({ min: 0, max: 120 }), (asked, count) => {
        const { hold } = place(empty, asked, now);
        const at = minutes(count);

        const standing = isStanding(hold, at);
        const lifted = lift(hold, { kind: 'person', arn: 'arn:aws:iam::111122223333:user/eva' }, 'mended', at);

        expect(standing).toBe(hold.expiresAt === undefined || at < new Date(hold.expiresAt));
        expect(isStanding(lifted, at)).toBe(false);
      }),
    );
  });

  test('an expired one is not counted on: the same signal opens another', () => {
    const asked: PlaceHold = {
      scope: HoldScope.parse({ everything: true }),
      effect: 'pause',
      severity: 'page',
      reason: { rule: 'hold.by-hand', message: 'change freeze' },
      placedBy: { kind: 'person', arn: 'arn:aws:iam::111122223333:user/eva' },
      expiresAt: '2026-11-23T11:00:00+01:00',
    };
    const first = place(empty, { ...asked, expiresAt: '2026-11-23T11:30:00+01:00' }, now);

    const second = place(withHold(empty, first.hold), asked, minutes(31));

    expect(first.hold.expiresAt).toBe('2026-11-23T10:30:00.000Z');
    expect(second.outcome).toBe('placed');
    expect(second.hold.id).not.toBe(first.hold.id);
  });
});
