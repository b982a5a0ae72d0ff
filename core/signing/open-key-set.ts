import { z } from 'zod';
import { canonicalJson } from '../kernel/canonical-json.ts';
import { type Digest, digestOf } from '../kernel/digest.ts';
import type { Reason } from '../kernel/reason.ts';
import { decodeBase64 } from './dsse.ts';
import { decodeText, isSignedBy } from './envelope.ts';
import { KEY_SET_TYPE, KeyId, KeySet, type ListedKey } from './key-set.ts';
import { readPublicKey } from './public-key.ts';
import { malformedKeySet as malformed, readKeySetDocument } from './read-document.ts';

/** Nobody has five hundred keys; whoever reads a set stops here. */
const MAX_KEY_SET_BYTES = 1024 ** 2;

/** DSSE, with a signature for each key that the reader of an older set may go by. */
const Envelope = z.strictObject({
  payload: z.string(),
  payloadType: z.literal(KEY_SET_TYPE),
  signatures: z
    .array(z.strictObject({ keyid: KeyId, sig: z.string() }))
    .min(1)
    .max(20),
});

/**
 * Why a set is believed. An older set that is believed: the new one has to follow on it. The id of a key with the use
 * `key-set`, got over a way that is trusted. Nothing: the file itself came over such a way, and is only seen to be whole.
 */
export type KeySetAnchor = { readonly before: KeySet } | { readonly root: string } | 'the-file-itself';

export type KeySetQuestion = {
  readonly text: string;
  readonly anchor: KeySetAnchor;
  /** Now; `whenever` takes a set that has expired, and with it whatever has been revoked since. */
  readonly at: Date | 'whenever';
};

export type OpenedKeySet =
  | { readonly outcome: 'valid'; readonly keys: KeySet; readonly digest: Digest }
  | { readonly outcome: 'invalid'; readonly reasons: readonly Reason[] };

const reason = (rule: string, message: string, about: Partial<Reason> = {}): Reason => ({
  rule: `signing.key-set-${rule}`,
  message,
  ...about,
});

const keyOf = ({ keys }: KeySet, id: string): ListedKey | undefined => keys.find((key) => key.id === id);

/** Ids of the keys for key sets by which `by` would sign the next one: those that nobody revoked. */
const rootsOf = (by: KeySet): string[] =>
  by.keys.filter(({ use, status }) => use === 'key-set' && status !== 'revoked').map(({ id }) => id);

/** Which of the keys that the set lists for signing sets did sign it. */
const signersOf = ({ signatures }: z.infer<typeof Envelope>, payload: Uint8Array, keys: KeySet): Set<string> => {
  const signers = signatures.filter(({ keyid, sig }) => {
    const listed = keyOf(keys, keyid);
    const key = listed?.use === 'key-set' ? readPublicKey(listed.publicKey) : undefined;
    return key !== undefined && isSignedBy(key, { type: KEY_SET_TYPE, payload, sig });
  });
  return new Set(signers.map(({ keyid }) => keyid));
};

const checkSelf = (keys: KeySet, signers: ReadonlySet<string>): Reason[] =>
  keys.keys.some(({ id, status }) => status === 'active' && signers.has(id))
    ? []
    : [reason('unsigned', 'no key that the set lists for signing sets has signed it')];

/** What was revoked stays revoked and what was listed stays listed, or a revocation could be undone by forgetting it. */
const checkNothingForgotten = (keys: KeySet, before: KeySet): Reason[] =>
  before.keys.flatMap(({ id, status }) => {
    const now = keyOf(keys, id);
    if (now === undefined)
      return [reason('forgets', 'the older set lists a key that this one does not', { found: id })];
    if (status === 'revoked' && now.status !== 'revoked')
      return [reason('forgets', 'the older set revoked a key that this one trusts', { found: id })];
    return [];
  });

const checkOrder = (keys: KeySet, before: KeySet, same: boolean): Reason[] => {
  const versions = { found: String(keys.version), allowed: `${before.version} or more` };
  if (keys.plane !== before.plane)
    return [
      reason('of-another-plane', 'the key set is of another plane', { found: keys.plane, allowed: before.plane }),
    ];
  if (keys.version < before.version)
    return [reason('rolled-back', 'the key set is older than one already seen', versions)];
  if (keys.version === before.version && !same)
    return [reason('forked', 'there are two key sets of this version: somebody who must not signs sets', versions)];
  return [];
};

const checkAnchor = (keys: KeySet, signers: ReadonlySet<string>, anchor: KeySetAnchor): Reason[] => {
  if (anchor === 'the-file-itself') return [];
  // Whoever pinned a key has no older set that could still trust it when this one says that it was revoked.
  const roots = 'root' in anchor ? rootsOf(keys).filter((id) => id === anchor.root) : rootsOf(anchor.before);
  const trusted = roots.some((root) => signers.has(root));
  return [
    ...(trusted
      ? []
      : [
          reason('untrusted', 'no key that is trusted for it has signed the key set', {
            found: [...signers].join(', ') || 'none',
            allowed: 'root' in anchor ? anchor.root : roots.join(', '),
          }),
        ]),
    ...('root' in anchor
      ? []
      : [
          ...checkOrder(keys, anchor.before, canonicalJson(keys) === canonicalJson(anchor.before)),
          ...checkNothingForgotten(keys, anchor.before),
        ]),
  ];
};

/** Clocks of two machines differ by this much without anybody lying. */
const SKEW_MS = 60_000;

const checkTime = ({ issuedAt, expiresAt }: KeySet, at: Date): Reason[] => [
  ...(at.getTime() <= new Date(expiresAt).getTime()
    ? []
    : [
        reason('expired', 'the key set has expired: what was revoked since would go unseen', {
          found: expiresAt,
          allowed: at.toISOString(),
          fix: 'Get the newest one: clearance keys --out FILE.',
        }),
      ]),
  ...(at.getTime() >= new Date(issuedAt).getTime() - SKEW_MS
    ? []
    : [reason('early', 'the key set is from the future', { found: issuedAt, allowed: at.toISOString() })]),
];

/**
 * The keys of a plane, from the text of its published set, if there is reason to believe it. Every reason against it at
 * once. What is returned is read from the bytes that were verified.
 */
export const openKeySet = ({ text, anchor, at }: KeySetQuestion): OpenedKeySet => {
  const invalid = (reasons: readonly Reason[]) => ({ outcome: 'invalid', reasons }) as const;
  if (text.length > MAX_KEY_SET_BYTES)
    return invalid([malformed('$', `expected at most ${MAX_KEY_SET_BYTES} characters`, String(text.length))]);
  const envelope = readKeySetDocument(Envelope, text, '$');
  if (envelope.value === undefined) return invalid(envelope.reasons);
  const payload = decodeBase64(envelope.value.payload);
  const said = payload && decodeText(payload);
  if (payload === undefined || said === undefined)
    return invalid([malformed('$.payload', 'expected padded base64 of UTF-8 text')]);
  const { value: keys, reasons: faults } = readKeySetDocument(KeySet, said, '$.payload');
  if (keys === undefined) return invalid(faults);
  const signers = signersOf(envelope.value, payload, keys);
  const reasons = [
    ...checkSelf(keys, signers),
    ...checkAnchor(keys, signers, anchor),
    ...(at === 'whenever' ? [] : checkTime(keys, at)),
  ];
  return reasons.length > 0 ? invalid(reasons) : { outcome: 'valid', keys, digest: digestOf(payload) };
};
