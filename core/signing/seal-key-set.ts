import { createHash } from 'node:crypto';
import { canonicalJson } from '../kernel/canonical-json.ts';
import { encodeBase64, preAuthEncoding } from './dsse.ts';
import { KEY_SET_TYPE, type KeySet } from './key-set.ts';
import type { Signer } from './ports.ts';
import { keyHint } from './public-key.ts';
import { publicKeyOf } from './statement.ts';

/**
 * Signs a key set with each of these keys: DSSE, as its specification has it with several signatures.
 * @throws KeyUnusable
 */
export const sealKeySet = async (keys: KeySet, signers: readonly Signer[]): Promise<string> => {
  const payload = Buffer.from(canonicalJson(keys));
  const toSign = createHash('sha256').update(preAuthEncoding(KEY_SET_TYPE, payload)).digest();
  const signatures = await Promise.all(
    signers.map(async (signer) => ({
      keyid: keyHint(await publicKeyOf(signer)),
      sig: encodeBase64(await signer.sign(toSign)),
    })),
  );
  return canonicalJson({ payload: encodeBase64(payload), payloadType: KEY_SET_TYPE, signatures });
};
