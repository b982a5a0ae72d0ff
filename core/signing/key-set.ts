import { z } from 'zod';
import { keyHint, readPublicKey } from './public-key.ts';

/** What the signatures over a key set are over, so that none of them can pass for one over a statement. */
export const KEY_SET_TYPE = 'application/vnd.clearance.key-set.v1+json';

export const KeyId = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits');

const isPem = (text: string): boolean => readPublicKey(text)?.pem === text;
/** As https://c2sp.org/signed-note writes a key: name, id, key. */
const isVerifierKey = (text: string): boolean => /^[^\s+]{1,255}\+[0-9a-f]{8}\+[A-Za-z0-9+/]+={0,2}$/.test(text);

const fields = {
  /** SHA-256 of the text of the key: the hint by which a bundle names it. */
  id: KeyId,
  /**
   * `signing`: model versions, attestations, verdicts. `key-set`: sets like this one, and nothing else. `audit-log`:
   * checkpoints of the audit log.
   */
  use: z.enum(['signing', 'key-set', 'audit-log']),
  /** PEM, laid out as bundles hash it; for the audit log, its verifier key. */
  publicKey: z.string().max(2000),
  /** Since when the set names it. */
  notBefore: z.iso.datetime(),
  /** After which nothing that it signed counts any more; without it, never. */
  notAfter: z.iso.datetime().optional(),
};

export const ListedKey = z
  .discriminatedUnion('status', [
    z.strictObject({ ...fields, status: z.literal('active') }),
    /** Signs no more; what it signed stands. */
    z.strictObject({ ...fields, status: z.literal('retired'), retiredAt: z.iso.datetime() }),
    /** Whatever it signed is refused, whenever that was: no signature carries a time that could be trusted. */
    z.strictObject({
      ...fields,
      status: z.literal('revoked'),
      revokedAt: z.iso.datetime(),
      reason: z.string().min(1).max(500),
    }),
  ])
  .refine(({ use, publicKey }) => (use === 'audit-log' ? isVerifierKey(publicKey) : isPem(publicKey)), {
    path: ['publicKey'],
    message: 'expected a PEM public key on P-256, P-384 or P-521; for an audit log, its verifier key',
  })
  .refine(({ id, publicKey }) => keyHint(publicKey) === id, {
    path: ['id'],
    message: 'expected the SHA-256 of publicKey',
  });
export type ListedKey = z.infer<typeof ListedKey>;

const isActive =
  (use: ListedKey['use']) =>
  (key: ListedKey): boolean =>
    key.use === use && key.status === 'active';

/** Every key that a plane signs or ever signed with. Published as a DSSE envelope, see `openKeySet`. */
export const KeySet = z
  .strictObject({
    keySetVersion: z.literal(1),
    /** Whose keys they are: `urn:clearance:stage:<stage>`. */
    plane: z.string().regex(/^urn:clearance:stage:[a-z][a-z0-9-]{0,19}$/),
    /** Counts up: an older set than one that was seen is refused. */
    version: z.int().min(1),
    issuedAt: z.iso.datetime(),
    /** Until when a reader who sees no newer set may go by this one. */
    expiresAt: z.iso.datetime(),
    keys: z.array(ListedKey).min(1).max(500),
  })
  .refine(({ issuedAt, expiresAt }) => issuedAt < expiresAt, { path: ['expiresAt'], message: 'later than issuedAt' })
  .refine(({ keys }) => new Set(keys.map(({ id }) => id)).size === keys.length, {
    path: ['keys'],
    message: 'each key once',
  })
  .refine(({ keys }) => keys.filter(isActive('signing')).length === 1, {
    path: ['keys'],
    message: 'exactly one active key with the use signing',
  })
  .refine(({ keys }) => keys.some(isActive('key-set')), {
    path: ['keys'],
    message: 'an active key with the use key-set',
  });
export type KeySet = z.infer<typeof KeySet>;

/** What a stage says of its keys; the keys themselves it lists by number. */
export const KeyRules = z.strictObject({
  /** A key that was revoked once stays revoked, whatever this says later. */
  revoked: z
    .array(
      z.strictObject({
        /** As `clearance keys` prints it. */
        key: KeyId,
        at: z.iso
          .datetime()
          .describe('when it was revoked, for people: all that it signed is refused, whenever that was'),
        reason: z.string().min(1).max(160),
      }),
    )
    // They travel in an environment variable, of which Lambda takes 4 KB in all; the set that stands remembers older ones.
    .max(8)
    .default([]),
  setDays: z
    .int()
    .min(2)
    .max(400)
    .default(90)
    .describe('after which a published key set expires; a new one is published when half of them are over'),
  trustRetiredDays: z
    .int()
    .min(1)
    .max(36_500)
    .optional()
    .describe('after which nothing counts any more that a replaced key signed; for ever when left out'),
});
export type KeyRules = z.infer<typeof KeyRules>;
