import { canonicalJson } from '../kernel/canonical-json.ts';
import { hexOf } from '../kernel/digest.ts';
import { type Resource, rootDigestOf, sortResources } from '../kernel/root-digest.ts';
import { encodeBase64 } from './dsse.ts';
import { keyHint } from './public-key.ts';

export const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
export const PREDICATE_TYPE = 'https://model_signing/signature/v1.0';

/** Paths that every verifier passes over, at the top of a model's folder. The signature cannot cover itself. */
export const UNSIGNED_PATHS: readonly string[] = ['.git', '.gitattributes', '.github', '.gitignore', 'model.sig'];

/**
 * The in-toto statement of OpenSSF Model Signing v1.0, method `files`, as the text that is signed.
 * @param name a label for people, which no verifier checks: the name of the folder, as `model_signing` writes it
 */
export const omsStatement = ({ name, resources }: { name: string; resources: readonly Resource[] }): string =>
  canonicalJson({
    _type: STATEMENT_TYPE,
    subject: [{ name, digest: { sha256: hexOf(rootDigestOf(resources)) } }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      serialization: { method: 'files', hash_type: 'sha256', allow_symlinks: false, ignore_paths: UNSIGNED_PATHS },
      resources: sortResources(resources).map((file) => ({
        name: file.name,
        algorithm: 'sha256',
        digest: hexOf(file.digest),
      })),
    },
  });

type Signed = { payload: string; signatureDer: Uint8Array; publicKeyPem: string };

/** The Sigstore bundle v0.3 around a signed statement: the text of `model.sig`. */
export const omsBundle = ({ payload, signatureDer, publicKeyPem }: Signed): string =>
  canonicalJson({
    mediaType: BUNDLE_TYPE,
    verificationMaterial: { publicKey: { hint: keyHint(publicKeyPem) }, tlogEntries: [] },
    dsseEnvelope: {
      payload: encodeBase64(Buffer.from(payload)),
      payloadType: PAYLOAD_TYPE,
      signatures: [{ sig: encodeBase64(signatureDer), keyid: '' }],
    },
  });
