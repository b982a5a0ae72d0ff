import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ListedKey } from '../../core/signing/key-set.ts';
import { type KeySetAnchor, openKeySet } from '../../core/signing/open-key-set.ts';
import { active, idOf, keyedPlane, keySetOf, NOW, retired, revoked, sealed } from '../support/key-sets.ts';
import { p256Signer } from '../support/p256-signer.ts';
import { type Document, edited } from '../support/verification.ts';

const ITSELF = 'the-file-itself';
const { signer, root, keys } = keyedPlane();
const text = await sealed(keys, root);
const rooted = active(root, { use: 'key-set' });

/** Rule and path of every reason; none means that the set is believed. */
const reasons = (set: string, anchor: KeySetAnchor = ITSELF, at: Date | 'whenever' = NOW): string[] => {
  const opened = openKeySet({ text: set, anchor, at });
  return opened.outcome === 'valid' ? [] : opened.reasons.map(({ rule, path = '' }) => `${rule} ${path}`.trim());
};

describe('a key set', () => {
  test('gives back the keys that were sealed', () => {
    expect(openKeySet({ text, anchor: ITSELF, at: NOW })).toMatchObject({ outcome: 'valid', keys });
  });

  test('is believed by the id of the key that seals sets', () => {
    expect(reasons(text, { root: idOf(root) })).toEqual([]);
    expect(reasons(text, { root: idOf(signer) })).toEqual(['signing.key-set-untrusted']);
  });

  test('is not believed on the word of the key that signs models: whoever misuses that one would name the next', async () => {
    expect(reasons(await sealed(keys, signer))).toEqual(['signing.key-set-unsigned']);
  });

  test('is not believed when a key outside of it sealed it', async () => {
    expect(reasons(await sealed(keys, p256Signer()))).toEqual(['signing.key-set-unsigned']);
  });

  test('is refused after any byte of its payload has changed', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), (place, by) => {
        const changed = edited(text, (envelope: Document) => {
          const payload = Buffer.from(envelope.payload, 'base64');
          const at = place % payload.length;
          payload[at] = (payload[at] ?? 0) ^ by;
          envelope.payload = payload.toString('base64');
        });

        expect(reasons(changed)).not.toEqual([]);
      }),
    );
  });

  test('is refused once it has expired, and by whoever would still take it', () => {
    const later = new Date('2027-01-01T00:00:00.000Z');

    expect(reasons(text, ITSELF, later)).toEqual(['signing.key-set-expired']);
    expect(reasons(text, ITSELF, 'whenever')).toEqual([]);
  });

  test('is refused before it was issued, but for a minute by which clocks differ', () => {
    expect(reasons(text, ITSELF, new Date('2025-12-31T23:59:30.000Z'))).toEqual([]);
    expect(reasons(text, ITSELF, new Date('2025-12-31T23:00:00.000Z'))).toEqual(['signing.key-set-early']);
  });

  test.each<[string, (set: Document) => void, string]>([
    [
      'of another form',
      (set) => {
        set.keySetVersion = 2;
      },
      '$.payload.keySetVersion',
    ],
    [
      'with a member that nobody checks',
      (set) => {
        set.note = 'x';
      },
      '$.payload',
    ],
    [
      'without a key that signs',
      (set) => {
        set.keys = [rooted];
      },
      '$.payload.keys',
    ],
    ['with two keys that sign', (set) => set.keys.push(active(p256Signer())), '$.payload.keys'],
    ['with a key listed twice', (set) => set.keys.push(rooted), '$.payload.keys'],
    [
      'without a key for sets',
      (set) => {
        set.keys = [active(signer)];
      },
      '$.payload.keys',
    ],
    [
      'whose key has the id of another',
      (set) => {
        set.keys[0].id = '0'.repeat(64);
      },
      '$.payload.keys[0].id',
    ],
    [
      'whose key is laid out otherwise than bundles hash it',
      (set) => {
        set.keys[0].publicKey += '\n';
      },
      '$.payload.keys[0].publicKey',
    ],
    [
      'that revokes without a reason',
      (set) => {
        set.keys[0] = { ...revoked(signer), reason: undefined };
      },
      '$.payload.keys[0].reason',
    ],
    [
      'that expires before it is issued',
      (set) => {
        set.expiresAt = set.issuedAt;
      },
      '$.payload.expiresAt',
    ],
  ])('is refused %s, even if the right key sealed it', async (_what, edit, path) => {
    const set = structuredClone(keys) as Document;
    edit(set);

    expect(reasons(await sealed(JSON.parse(JSON.stringify(set)), root))).toContain(`signing.malformed-key-set ${path}`);
  });

  test.each(['', 'x', '{}', '[]', 'null', '{"payload":1}', `${'['.repeat(100)}`, `"${'x'.repeat(2 * 1024 ** 2)}"`])(
    'is refused when it is no key set at all',
    (nonsense) => {
      expect(reasons(nonsense)).not.toEqual([]);
    },
  );
});

describe('a key set that follows on one that is believed', () => {
  const next = p256Signer();
  const following = (listed: readonly ListedKey[], about: object = {}) =>
    keySetOf([...listed, rooted], { version: 2, ...about });
  const before = { before: keys };

  test('is believed when the same key sealed it', async () => {
    expect(reasons(await sealed(following([retired(signer), active(next)]), root), before)).toEqual([]);
  });

  test('is believed when nothing has changed', () => {
    expect(reasons(text, before)).toEqual([]);
  });

  test('is refused when it is older', async () => {
    const newer = following([retired(signer), active(next)]);

    expect(reasons(text, { before: newer })).toEqual(['signing.key-set-rolled-back', 'signing.key-set-forgets']);
  });

  test('is refused when it says something else under the same number', async () => {
    const fork = following([retired(signer), active(next)], { version: 1 });

    expect(reasons(await sealed(fork, root), before)).toEqual(['signing.key-set-forked']);
  });

  test('is refused when it is that of another plane', async () => {
    const other = following([active(signer)], { plane: 'urn:clearance:stage:prod' });

    expect(reasons(await sealed(other, root), before)).toEqual(['signing.key-set-of-another-plane']);
  });

  test('is refused when it forgets a key, or a revocation', async () => {
    const distrusting = { before: following([revoked(signer), active(next)]) };

    expect(reasons(await sealed(following([active(next)], { version: 3 }), root), distrusting)).toEqual([
      'signing.key-set-forgets',
    ]);
    expect(
      reasons(await sealed(following([retired(signer), active(next)], { version: 3 }), root), distrusting),
    ).toEqual(['signing.key-set-forgets']);
  });

  test('is refused when only a key that it brings along has sealed it', async () => {
    const usurper = p256Signer();
    const taken = keySetOf([active(signer), retired(root, { use: 'key-set' }), active(usurper, { use: 'key-set' })], {
      version: 2,
    });

    expect(reasons(await sealed(taken, usurper), before)).toEqual(['signing.key-set-untrusted']);
    // A retired key for sets hands over to the next one by sealing with it.
    expect(reasons(await sealed(taken, root, usurper), before)).toEqual([]);
  });

  test('is refused when a key has sealed it that the older one revoked', async () => {
    const heir = p256Signer();
    const heirs = active(heir, { use: 'key-set' });
    const distrusting = keySetOf([active(signer), revoked(root, { use: 'key-set' }), heirs], { version: 2 });
    const relapse = keySetOf([active(signer), revoked(root, { use: 'key-set' }), heirs], { version: 3 });

    expect(reasons(await sealed(relapse, root, p256Signer()), { before: distrusting })).toEqual([
      'signing.key-set-unsigned',
      'signing.key-set-untrusted',
    ]);
    expect(reasons(await sealed(relapse, root, heir), { root: idOf(root) })).toEqual(['signing.key-set-untrusted']);
    expect(reasons(await sealed(relapse, heir), { before: distrusting })).toEqual([]);
  });

  test('through any number of hand-overs, each is believed on the one before it and none on the one after', async () => {
    const roots = Array.from({ length: 6 }, () => p256Signer());
    const sets = roots.map((current, index) =>
      keySetOf(
        [
          active(signer),
          active(current, { use: 'key-set' }),
          ...roots.slice(0, index).map((old) => retired(old, { use: 'key-set' })),
        ],
        { version: index + 1 },
      ),
    );
    const texts = await Promise.all(
      sets.map((set, index) => sealed(set, ...roots.slice(Math.max(0, index - 1), index + 1))),
    );

    for (const [later, set] of texts.entries())
      for (const [earlier, trusted] of sets.entries()) {
        // Retired keys for sets are still believed by whoever saw no newer set, so one may skip what they sealed.
        const isBelieved = later >= earlier && later - earlier <= 1;
        expect(reasons(set, { before: trusted }).length === 0).toBe(isBelieved);
      }
  });
});
