import { canonicalJson } from '../kernel/canonical-json.ts';
import { KeySetRefused } from './failures.ts';
import { type KeyRules, KeySet, type ListedKey } from './key-set.ts';
import { keyHint } from './public-key.ts';

type Use = ListedKey['use'];

/** The keys that are in use now, as the text that names each: PEM, or the verifier key of a log. */
export type KeysInUse = { readonly [U in Use]: readonly string[] };

export type NextKeySet = {
  readonly plane: string;
  readonly standing: KeySet | undefined;
  readonly inUse: KeysInUse;
  readonly rules: KeyRules;
  readonly now: Date;
};

const DAY_MS = 24 * 60 * 60 * 1000;
const daysAfter = (time: Date, days: number): string => new Date(time.getTime() + days * DAY_MS).toISOString();

const USES: readonly Use[] = ['signing', 'key-set', 'audit-log'];

const bare = ({ id, use, publicKey, notBefore }: ListedKey) => ({ id, use, publicKey, notBefore });

/** A key that is not in use any more keeps the day on which that was first seen. */
const retire = (key: ListedKey, { rules, now }: NextKeySet): ListedKey => {
  const retiredAt = key.status === 'retired' ? key.retiredAt : now.toISOString();
  const { trustRetiredDays } = rules;
  const notAfter = trustRetiredDays === undefined ? undefined : daysAfter(new Date(retiredAt), trustRetiredDays);
  return { ...bare(key), ...(notAfter !== undefined && { notAfter }), status: 'retired', retiredAt };
};

const revoke = (key: ListedKey, { rules }: NextKeySet): ListedKey => {
  const order = rules.revoked.find(({ key: id }) => id === key.id);
  if (order === undefined || key.status === 'revoked') return key;
  return { ...bare(key), status: 'revoked', revokedAt: order.at, reason: order.reason };
};

/** What the standing set lists and what is in use, each as it stands now. */
const keysNow = (question: NextKeySet): ListedKey[] => {
  const { standing, inUse, now } = question;
  const listed = standing?.keys ?? [];
  const used = new Map(USES.flatMap((use) => inUse[use].map((publicKey) => [keyHint(publicKey), { use, publicKey }])));
  const known = new Set(listed.map(({ id }) => id));
  const fresh = [...used]
    .filter(([id]) => !known.has(id))
    .map(([id, key]): ListedKey => ({ id, ...key, notBefore: now.toISOString(), status: 'active' }));
  const before = listed.map((key): ListedKey => {
    if (key.status === 'revoked') return key;
    return used.has(key.id) ? { ...bare(key), status: 'active' } : retire(key, question);
  });
  return [...before, ...fresh].map((key) => revoke(key, question));
};

const requireKnown = (keys: readonly ListedKey[], { rules }: NextKeySet): void => {
  for (const [index, { key }] of rules.revoked.entries())
    if (!keys.some(({ id }) => id === key))
      throw new KeySetRefused(
        `signing.revoked[${index}].key: found ${key}; allowed: the id of a key that the stage uses or used: ` +
          keys.map(({ id, use }) => `${id} (${use})`).join(', '),
      );
};

/** A plane would go on signing with it, and nobody would take what it signs. */
const requireUsable = (keys: readonly ListedKey[], { inUse }: NextKeySet): void => {
  for (const use of USES) {
    const used = new Set(inUse[use].map(keyHint));
    const left = keys.filter((key) => used.has(key.id) && key.status === 'active');
    const needed = use === 'key-set' ? left.length > 0 : left.length === used.size;
    if (!needed)
      throw new KeySetRefused(
        `signing.revoked: a key with the use ${use} is revoked and would still be used; give the stage another one ` +
          'in the same deployment, with a further number in signing.keys or signing.keysForSets',
      );
  }
};

const isCurrent = (standing: KeySet, keys: readonly ListedKey[], now: Date): boolean => {
  const [issued, expires] = [new Date(standing.issuedAt).getTime(), new Date(standing.expiresAt).getTime()];
  return now.getTime() < (issued + expires) / 2 && canonicalJson(standing.keys) === canonicalJson(keys);
};

/**
 * The set that follows on the one that stands, or nothing when that one still says what is so and half of its time is
 * left. What it listed stays listed, and what it revoked stays revoked, whatever the rules say now.
 * @throws KeySetRefused for a revocation that names no key, or one that is in use
 */
export const nextKeySet = (question: NextKeySet): KeySet | undefined => {
  const { plane, standing, rules, now } = question;
  const keys = keysNow(question);
  requireKnown(keys, question);
  requireUsable(keys, question);
  if (standing !== undefined && isCurrent(standing, keys, now)) return undefined;
  return KeySet.parse({
    keySetVersion: 1,
    plane,
    version: (standing?.version ?? 0) + 1,
    issuedAt: now.toISOString(),
    expiresAt: daysAfter(now, rules.setDays),
    keys,
  });
};
