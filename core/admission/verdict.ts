import { z } from 'zod';
import { canonicalJson } from '../kernel/canonical-json.ts';
import { type Digest, hexOf } from '../kernel/digest.ts';
import type { EvidenceRef } from '../kernel/evidence.ts';
import type { Reason } from '../kernel/reason.ts';
import type { AdmissionQuestion } from './contract.ts';

const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
const PREDICATE_TYPE = 'https://slsa.dev/verification_summary/v1';

const Hex = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits');
const Resource = z.object({ uri: z.string(), digest: z.object({ sha256: Hex }) });

/**
 * A SLSA Verification Summary (https://slsa.dev/spec/v1.1/verification_summary) as we write and read it. The members
 * that start with `clearance_` are ours, named as in-toto asks extensions to be named.
 */
export const VerdictStatement = z.object({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.array(z.object({ name: z.string(), digest: z.object({ sha256: Hex }) })).length(1),
  predicateType: z.literal(PREDICATE_TYPE),
  predicate: z.object({
    verifier: z.object({ id: z.string() }),
    timeVerified: z.iso.datetime(),
    resourceUri: z.string(),
    policy: Resource,
    inputAttestations: z.array(Resource),
    verificationResult: z.enum(['PASSED', 'FAILED']),
    verifiedLevels: z.array(z.string()).min(1),
    slsaVersion: z.string(),
    clearance_model: z.string(),
    clearance_version: z.string(),
    clearance_environment: z.string(),
    /** The deployment it was asked for; null: for no target in particular. */
    clearance_target: z.string().nullable(),
    clearance_expiresAt: z.iso.datetime(),
    /** Rules that said no. */
    clearance_reasons: z.array(z.string()),
  }),
});
export type VerdictStatement = z.infer<typeof VerdictStatement>;

export type Verdict = {
  readonly question: AdmissionQuestion;
  readonly root: Digest;
  readonly reasons: readonly Reason[];
  readonly stage: string;
  readonly modelBucket: string;
  readonly policySet: Digest;
  /** The signed documents that it rests on, all of them. */
  readonly rests: readonly EvidenceRef[];
  readonly at: Date;
  readonly expiresAt: Date;
};

const resource = (uri: string, digest: Digest) => ({ uri, digest: { sha256: hexOf(digest) } });

/** The text that is signed. SLSA has no level for what we verify, and claiming one would be a lie. */
export const verdictStatement = ({ question, root, reasons, ...verdict }: Verdict): string => {
  const { model, version, environment, target } = question;
  const passed = reasons.length === 0;
  const statement: VerdictStatement = {
    _type: STATEMENT_TYPE,
    subject: [{ name: `${model}/${version}`, digest: { sha256: hexOf(root) } }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      verifier: { id: `urn:clearance:stage:${verdict.stage}` },
      timeVerified: verdict.at.toISOString(),
      resourceUri: `s3://${verdict.modelBucket}/models/${model}/${version}/`,
      policy: resource('urn:clearance:policies', verdict.policySet),
      inputAttestations: verdict.rests.map(({ key, digest }) => resource(key, digest)),
      verificationResult: passed ? 'PASSED' : 'FAILED',
      verifiedLevels: [passed ? 'SLSA_BUILD_LEVEL_UNEVALUATED' : 'FAILED'],
      slsaVersion: '1.1',
      clearance_model: model,
      clearance_version: version,
      clearance_environment: environment,
      clearance_target: target?.deployment ?? null,
      clearance_expiresAt: verdict.expiresAt.toISOString(),
      clearance_reasons: [...new Set(reasons.map(({ rule }) => rule))],
    },
  };
  return canonicalJson(statement);
};
