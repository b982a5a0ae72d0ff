import { verify } from 'node:crypto';
import { type Reason, show } from '../kernel/reason.ts';
import { decodeBase64, preAuthEncoding } from './dsse.ts';
import { PAYLOAD_TYPE } from './oms.ts';
import type { Bundle } from './oms-schema.ts';
import { keyHint, type VerificationKey } from './public-key.ts';

const ENVELOPE = '$.dsseEnvelope';
export const PAYLOAD = `${ENVELOPE}.payload`;

export const unusableKey: Reason = {
  rule: 'signing.unusable-key',
  message: 'the key given cannot verify a model: expected a PEM public key on P-256, P-384 or P-521',
};

export const decodeText = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

export const checkKey = (bundle: Bundle, key: VerificationKey): Reason[] => {
  const { hint } = bundle.verificationMaterial.publicKey;
  const expected = keyHint(key.pem);
  if (hint === undefined || hint === '' || hint === expected) return [];
  return [
    {
      rule: 'signing.other-key',
      message: 'the bundle names another key than the one given',
      path: '$.verificationMaterial.publicKey.hint',
      found: show(hint),
      allowed: expected,
    },
  ];
};

/** Whether this key made this signature over what a DSSE envelope carries. */
export const isSignedBy = (
  { key, hash }: VerificationKey,
  { type, payload, sig }: { readonly type: string; readonly payload: Uint8Array; readonly sig: string },
): boolean => {
  const signature = decodeBase64(sig);
  if (signature === undefined) return false;
  return verify(hash, preAuthEncoding(type, payload), { key, dsaEncoding: 'der' }, signature);
};

export const checkSignature = (bundle: Bundle, payload: Uint8Array, key: VerificationKey): Reason[] => {
  const sig = bundle.dsseEnvelope.signatures[0]?.sig ?? '';
  if (isSignedBy(key, { type: PAYLOAD_TYPE, payload, sig })) return [];
  return [
    {
      rule: 'signing.wrong-signature',
      message: 'the key given did not sign this statement',
      path: `${ENVELOPE}.signatures[0].sig`,
    },
  ];
};
