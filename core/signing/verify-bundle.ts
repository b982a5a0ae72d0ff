import { Digest, digestOf } from '../kernel/digest.ts';
import type { Reason } from '../kernel/reason.ts';
import type { Resource } from '../kernel/root-digest.ts';
import { compareFiles } from './compare-files.ts';
import { decodeBase64 } from './dsse.ts';
import { decodeText, PAYLOAD } from './envelope.ts';
import { Bundle, Statement } from './oms-schema.ts';
import { malformed, readDocument } from './read-document.ts';
import { reasonsAgainstSignature, type Trust } from './trust.ts';

/** The longest names for the most files that a stage takes, in base64, fit; whoever reads a bundle stops here. */
export const MAX_BUNDLE_BYTES = 32 * 1024 ** 2;

export type Verification =
  | { readonly outcome: 'valid'; readonly root: Digest }
  | { readonly outcome: 'invalid'; readonly reasons: readonly Reason[] };

export type VerificationRequest = Trust & {
  /** The text of `model.sig`. */
  readonly bundle: string;
  /** Every file at hand, by its path below the model's folder; `model.sig` and `.git*` at the top are passed over. */
  readonly files: readonly Resource[];
};

/** Verifiers of OMS hash the digests in the order in which they are listed, whichever that is, and so must we. */
const checkRoot = (found: Digest, { predicate }: Statement): Reason[] => {
  const listed = digestOf(Buffer.concat(predicate.resources.map(({ digest }) => Buffer.from(digest, 'hex'))));
  if (found === listed) return [];
  return [
    {
      rule: 'signing.inconsistent-root',
      message: 'the root digest is not that of the files listed',
      path: `${PAYLOAD}.subject[0].digest.sha256`,
      found,
      allowed: listed,
    },
  ];
};

const sha256 = (hex: string | undefined): Digest => Digest.parse(`sha256:${hex}`);

const resourcesOf = ({ predicate }: Statement): Resource[] =>
  predicate.resources.map(({ name, digest }) => ({ name, digest: sha256(digest) }));

const checkStatement = (statement: Statement, files: readonly Resource[]): Verification => {
  const root = sha256(statement.subject[0]?.digest.sha256);
  const reasons = [
    ...checkRoot(root, statement),
    ...compareFiles({
      signed: resourcesOf(statement),
      present: files,
      ignored: statement.predicate.serialization.ignore_paths ?? [],
    }),
  ];
  return reasons.length === 0 ? { outcome: 'valid', root } : { outcome: 'invalid', reasons };
};

const checkEnvelope = (bundle: Bundle, trust: Trust, files: readonly Resource[]): Verification => {
  const payload = decodeBase64(bundle.dsseEnvelope.payload);
  const text = payload && decodeText(payload);
  if (payload === undefined || text === undefined)
    return { outcome: 'invalid', reasons: [malformed(PAYLOAD, 'expected padded base64 of UTF-8 text')] };
  const statement = readDocument(Statement, text, PAYLOAD);
  const about: Verification =
    statement.value === undefined
      ? { outcome: 'invalid', reasons: statement.reasons }
      : checkStatement(statement.value, files);
  const reasons = reasonsAgainstSignature(bundle, payload, trust);
  if (reasons.length === 0) return about;
  return { outcome: 'invalid', reasons: about.outcome === 'valid' ? reasons : [...reasons, ...about.reasons] };
};

/**
 * Whether the files at hand are those that were signed, with the key given, or with one of the key set that was not
 * revoked: what `model_signing verify key` checks, and what the schemas of OMS v1.0 and Sigstore ask besides (exactly one
 * signature, no unknown members). Every reason at once. Where the statement differs from the files is told even if the
 * signature is wrong: whoever has to find out what happened needs both, and the outcome is no in either case.
 */
export const verifyBundle = ({ bundle: text, files, ...trust }: VerificationRequest): Verification => {
  if (text.length > MAX_BUNDLE_BYTES) {
    const message = `expected at most ${MAX_BUNDLE_BYTES} characters`;
    return { outcome: 'invalid', reasons: [malformed('$', message, String(text.length))] };
  }
  const bundle = readDocument(Bundle, text, '$');
  if (bundle.value === undefined) return { outcome: 'invalid', reasons: bundle.reasons };
  return checkEnvelope(bundle.value, trust, files);
};

/**
 * The files that a bundle of our own says it signs; whoever asks has made sure that it is.
 * @throws when it is no bundle at all
 */
export const filesSigned = (bundle: string): Resource[] => {
  const { dsseEnvelope } = Bundle.parse(JSON.parse(bundle));
  return resourcesOf(Statement.parse(JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString())));
};

/** The id of the key that a bundle says it was signed with; nobody has checked that. */
export const signerNamed = (bundle: string): string | undefined => {
  const hint = readDocument(Bundle, bundle.slice(0, MAX_BUNDLE_BYTES), '$').value?.verificationMaterial.publicKey.hint;
  return hint === '' ? undefined : hint;
};
