import { createHash } from 'node:crypto';
import { digestOf } from '../../core/kernel/digest.ts';
import type { Resource } from '../../core/kernel/root-digest.ts';
import { preAuthEncoding } from '../../core/signing/dsse.ts';
import { omsBundle, omsStatement, PAYLOAD_TYPE } from '../../core/signing/oms.ts';
import { p256Signer } from './p256-signer.ts';

export const resourcesOf = (files: Readonly<Record<string, string | Uint8Array>>): Resource[] =>
  Object.entries(files).map(([name, bytes]) => ({ name, digest: digestOf(bytes) }));

/** Signs any text as a statement: an honest one by default, a forger's if the test wants one. */
export const signPayload = async (payload: string, signer = p256Signer()) => {
  const digest = createHash('sha256')
    .update(preAuthEncoding(PAYLOAD_TYPE, Buffer.from(payload)))
    .digest();
  const { publicKeyPem } = signer;
  return { publicKeyPem, bundle: omsBundle({ payload, signatureDer: await signer.sign(digest), publicKeyPem }) };
};

/** A bundle that our core made for these files, with a key of its own. */
export const signFiles = async (files: Readonly<Record<string, string | Uint8Array>>, signer = p256Signer()) => {
  const resources = resourcesOf(files);
  return { ...(await signPayload(omsStatement({ name: '3', resources }), signer)), resources };
};
