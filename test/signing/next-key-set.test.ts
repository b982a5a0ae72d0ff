import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeyRules, type KeySet } from '../../core/signing/key-set.ts';
import { type KeysInUse, type NextKeySet, nextKeySet } from '../../core/signing/next-key-set.ts';
import { idOf } from '../support/key-sets.ts';
import { p256Signer } from '../support/p256-signer.ts';

const [first, second, third, root, heir] = [p256Signer(), p256Signer(), p256Signer(), p256Signer(), p256Signer()];
const LOG = 'clearance/dev+0123abcd+AQIDBA==';
const DAY = 24 * 60 * 60 * 1000;
const START = new Date('2026-01-01T00:00:00.000Z');
const onDay = (days: number) => new Date(START.getTime() + days * DAY);

type Signer = ReturnType<typeof p256Signer>;
const using = (signer = first, ...sealers: Signer[]): KeysInUse => ({
  signing: [signer.publicKeyPem],
  'key-set': (sealers.length > 0 ? sealers : [root]).map(({ publicKeyPem }) => publicKeyPem),
  'audit-log': [LOG],
});
const revoking = (...signers: Signer[]) =>
  signers.map((signer) => ({ key: idOf(signer), at: '2026-01-10T00:00:00.000Z', reason: 'somebody else signed' }));

const next = (about: Partial<Omit<NextKeySet, 'rules'>> & { rules?: object } = {}) =>
  nextKeySet({
    plane: 'urn:clearance:stage:dev',
    standing: undefined,
    inUse: using(),
    now: START,
    ...about,
    rules: KeyRules.parse(about.rules ?? {}),
  });
const given = (set: KeySet | undefined): KeySet => {
  if (set === undefined) throw new Error('there is no next set');
  return set;
};
const standings = (set: KeySet | undefined) => set?.keys.map(({ use, status }) => `${use} ${status}`);
const statusOf = (set: KeySet, signer: Signer) => set.keys.find(({ id }) => id === idOf(signer))?.status;

const initial = given(next());

describe('the first key set of a plane', () => {
  test('lists every key in use from now on, and expires when the stage says', () => {
    expect(initial).toMatchObject({ version: 1, issuedAt: START.toISOString(), expiresAt: onDay(90).toISOString() });
    expect(standings(initial)).toEqual(['signing active', 'key-set active', 'audit-log active']);
    expect(initial.keys.map(({ notBefore }) => notBefore)).toEqual(Array(3).fill(START.toISOString()));
  });

  test('may list a key for sets of the next generation at once', () => {
    expect(standings(next({ inUse: using(first, root, heir) }))).toEqual([
      'signing active',
      'key-set active',
      'key-set active',
      'audit-log active',
    ]);
  });
});

describe('a key set that stands', () => {
  test('is left alone while nothing is new and half of its time is left', () => {
    expect(next({ standing: initial, now: onDay(44) })).toBeUndefined();
  });

  test('is followed by one that says the same for longer when half of its time is over', () => {
    const renewed = given(next({ standing: initial, now: onDay(45) }));

    expect(renewed).toEqual({
      ...initial,
      version: 2,
      issuedAt: onDay(45).toISOString(),
      expiresAt: onDay(135).toISOString(),
    });
  });

  test('is followed by one in which the key before is retired, when another signs', () => {
    const rotated = given(next({ standing: initial, inUse: using(second), now: onDay(5) }));

    expect(rotated.version).toBe(2);
    expect(rotated.keys[0]).toMatchObject({
      id: idOf(first),
      status: 'retired',
      retiredAt: onDay(5).toISOString(),
    });
    expect(rotated.keys[0]).not.toHaveProperty('notAfter');
    expect(rotated.keys.at(-1)).toMatchObject({
      id: idOf(second),
      status: 'active',
      notBefore: onDay(5).toISOString(),
    });
  });

  test('takes a key back into use when a deployment was rolled back', () => {
    const rotated = given(next({ standing: initial, inUse: using(second), now: onDay(5) }));
    const back = given(next({ standing: rotated, inUse: using(first), now: onDay(6) }));

    expect(statusOf(back, first)).toBe('active');
    expect(statusOf(back, second)).toBe('retired');
  });

  test('says until when a retired key counts, where the stage says for how long', () => {
    const rules = { trustRetiredDays: 30 };
    const rotated = given(next({ standing: initial, inUse: using(second), now: onDay(5), rules }));
    const later = given(next({ standing: rotated, inUse: using(second), now: onDay(80), rules }));

    for (const set of [rotated, later]) expect(set.keys[0]).toMatchObject({ notAfter: onDay(35).toISOString() });
  });

  test('is followed by one that revokes a key with time and reason', () => {
    const set = given(next({ standing: initial, inUse: using(second), rules: { revoked: revoking(first) } }));

    expect(set.keys[0]).toMatchObject({
      status: 'revoked',
      revokedAt: '2026-01-10T00:00:00.000Z',
      reason: 'somebody else signed',
    });
  });

  test('keeps a key revoked when the configuration forgets it, and even when it is used again', () => {
    const revoked = given(next({ standing: initial, inUse: using(second), rules: { revoked: revoking(first) } }));

    expect(next({ standing: revoked, inUse: using(second) })).toBeUndefined();
    expect(() => next({ standing: revoked, inUse: using(first) })).toThrow('is revoked and would still be used');
  });
});

describe('a revocation is refused', () => {
  test('of a key that nobody knows, with those that are known', () => {
    const rules = { revoked: revoking(third) };

    expect(() => next({ standing: initial, rules })).toThrow(
      `signing.revoked[0].key: found ${idOf(third)}; allowed: the id of a key that the stage uses or used: ` +
        `${idOf(first)} (signing), ${idOf(root)} (key-set)`,
    );
  });

  test('of the key that signs, while there is no other', () => {
    expect(() => next({ standing: initial, rules: { revoked: revoking(first) } })).toThrow(
      'a key with the use signing is revoked and would still be used',
    );
  });

  test('of the only key for sets, and not of one of two', () => {
    const rules = { revoked: revoking(root) };

    expect(() => next({ standing: initial, rules })).toThrow('the use key-set');
    const set = given(next({ standing: initial, rules, inUse: using(first, root, heir) }));
    expect([root, heir].map((signer) => statusOf(set, signer))).toEqual(['revoked', 'active']);
  });
});

test('however keys are replaced and revoked, none is forgotten, none is trusted again, and each set counts on', () => {
  const pool = Array.from({ length: 4 }, () => p256Signer());
  const step = fc.record({ signer: fc.nat(3), revoke: fc.option(fc.nat(3)), days: fc.nat(60) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      let standing = given(next({ inUse: using(pool[0]) }));
      let now = START.getTime();
      for (const { signer, revoke, days } of steps) {
        now += days * DAY;
        const before = standing;
        const rules = { revoked: revoke === null ? [] : revoking(pool[revoke] ?? first) };
        try {
          standing = next({ standing, inUse: using(pool[signer]), now: new Date(now), rules }) ?? standing;
        } catch (cause) {
          expect((cause as Error).name).toBe('Signing.KeySetRefused');
          continue;
        }
        expect(standing.version - before.version).toBe(standing === before ? 0 : 1);
        for (const { id, status, notBefore } of before.keys) {
          const key = standing.keys.find((each) => each.id === id);
          expect(key?.notBefore).toBe(notBefore);
          if (status === 'revoked') expect(key?.status).toBe('revoked');
        }
      }
    }),
  );
});
