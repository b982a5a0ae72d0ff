import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { Reason } from '../kernel/reason.ts';
import { decodeBase64, preAuthEncoding } from './dsse.ts';
import { decodeText, PAYLOAD } from './envelope.ts';
import { KeyUnusable } from './failures.ts';
import { omsBundle, PAYLOAD_TYPE } from './oms.ts';
import { Bundle } from './oms-schema.ts';
import type { Signer } from './ports.ts';
import { readSigningKey } from './public-key.ts';
import { malformed, readDocument } from './read-document.ts';
import { reasonsAgainstSignature, type Trust } from './trust.ts';

/** @throws KeyUnusable */
export const publicKeyOf = async (signer: Pick<Signer, 'publicKey'>): Promise<string> => {
  const key = readSigningKey(await signer.publicKey());
  if (key === undefined) throw new KeyUnusable('the signing key is not an elliptic-curve key on P-256');
  return key.pem;
};

/**
 * Signs an in-toto statement: DSSE in a Sigstore bundle v0.3, as the bundle of a model is signed, so that the same stock
 * tools verify it.
 * @throws KeyUnusable
 */
export const signStatement = async (signer: Signer, statement: string): Promise<string> => {
  const publicKeyPem = await publicKeyOf(signer);
  const toSign = createHash('sha256')
    .update(preAuthEncoding(PAYLOAD_TYPE, Buffer.from(statement)))
    .digest();
  return omsBundle({ payload: statement, signatureDer: await signer.sign(toSign), publicKeyPem });
};

/** A statement is about one thing; no honest one comes near this. */
const MAX_STATEMENT_BUNDLE = 1024 ** 2;

export type OpenedStatement<T> =
  | { readonly outcome: 'valid'; readonly statement: T }
  | { readonly outcome: 'invalid'; readonly reasons: readonly Reason[] };

/** The statement in a bundle that a key of these signed. What is returned is read from the bytes verified. */
export const openStatement = <T>(text: string, trust: Trust, schema: z.ZodType<T>): OpenedStatement<T> => {
  const invalid = (reasons: readonly Reason[]) => ({ outcome: 'invalid', reasons }) as const;
  if (text.length > MAX_STATEMENT_BUNDLE)
    return invalid([malformed('$', `expected at most ${MAX_STATEMENT_BUNDLE} characters`, String(text.length))]);
  const bundle = readDocument(Bundle, text, '$');
  if (bundle.value === undefined) return invalid(bundle.reasons);
  const payload = decodeBase64(bundle.value.dsseEnvelope.payload);
  const said = payload && decodeText(payload);
  if (payload === undefined || said === undefined)
    return invalid([malformed(PAYLOAD, 'expected padded base64 of UTF-8 text')]);
  const reasons = reasonsAgainstSignature(bundle.value, payload, trust);
  if (reasons.length > 0) return invalid(reasons);
  const statement = readDocument(schema, said, PAYLOAD);
  return statement.value === undefined ? invalid(statement.reasons) : { outcome: 'valid', statement: statement.value };
};
