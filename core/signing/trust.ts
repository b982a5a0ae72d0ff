import { type Reason, show } from '../kernel/reason.ts';
import { checkKey, checkSignature, unusableKey } from './envelope.ts';
import type { KeySet, ListedKey } from './key-set.ts';
import type { Bundle } from './oms-schema.ts';
import { readPublicKey, type VerificationKey } from './public-key.ts';

/** Whose signatures count: those of one key, or of the keys that a set lists, as they stand at a time. */
export type Trust = { readonly publicKeyPem: string } | { readonly keys: KeySet; readonly at: Date };

/** The key that has to have signed, if there is one, and why it must not be trusted. */
type Chosen = { readonly key?: VerificationKey; readonly reasons: readonly Reason[] };

const HINT = '$.verificationMaterial.publicKey.hint';
const NEWER = 'Get the newest key set: clearance keys --out FILE.';
/** Clocks of two machines differ by this much without anybody lying. */
const SKEW_MS = 60_000;

const distrusted = (rule: string, message: string, found: string): Reason => ({
  rule: `signing.${rule}`,
  message,
  path: HINT,
  found,
});

const reasonsAgainst = (key: ListedKey, at: Date): Reason[] => {
  const from = new Date(key.notBefore).getTime() - SKEW_MS;
  const until = key.notAfter === undefined ? Number.POSITIVE_INFINITY : new Date(key.notAfter).getTime();
  return [
    ...(key.use === 'signing'
      ? []
      : [distrusted('key-of-another-use', `the key named is one that only signs for ${key.use}`, key.id)]),
    ...(key.status === 'revoked'
      ? [
          {
            ...distrusted('key-revoked', `the key was revoked on ${key.revokedAt}: ${key.reason}`, key.id),
            fix: 'Nothing that it signed is taken, whenever that was: have the version submitted again under another number.',
          },
        ]
      : []),
    ...(at.getTime() < from ? [distrusted('key-early', 'the key is not valid yet', key.notBefore)] : []),
    ...(at.getTime() > until ? [distrusted('key-expired', 'the key is not valid any more', String(key.notAfter))] : []),
  ];
};

const chooseFromSet = (bundle: Bundle, keys: KeySet, at: Date): Chosen => {
  const { hint } = bundle.verificationMaterial.publicKey;
  if (hint === undefined || hint === '')
    return { reasons: [distrusted('key-unnamed', 'the bundle does not say which key signed it', 'no hint')] };
  const listed = keys.keys.find(({ id }) => id === hint);
  if (listed === undefined)
    return {
      reasons: [
        {
          ...distrusted('key-unknown', 'the key set does not list the key that the bundle names', show(hint)),
          fix: NEWER,
        },
      ],
    };
  const key = listed.use === 'audit-log' ? undefined : readPublicKey(listed.publicKey);
  return { ...(key !== undefined && { key }), reasons: reasonsAgainst(listed, at) };
};

const chooseKey = (bundle: Bundle, trust: Trust): Chosen => {
  if ('keys' in trust) return chooseFromSet(bundle, trust.keys, trust.at);
  const key = readPublicKey(trust.publicKeyPem);
  return { ...(key !== undefined && { key }), reasons: key === undefined ? [unusableKey] : checkKey(bundle, key) };
};

/**
 * Why nobody who is trusted signed this payload; nothing where somebody did. The signature of a revoked key is checked
 * too: whoever has to find out what happened asks whether it was that key.
 */
export const reasonsAgainstSignature = (bundle: Bundle, payload: Uint8Array, trust: Trust): readonly Reason[] => {
  const { key, reasons } = chooseKey(bundle, trust);
  if (key === undefined) return reasons.length > 0 ? reasons : [unusableKey];
  return [...reasons, ...checkSignature(bundle, payload, key)];
};
