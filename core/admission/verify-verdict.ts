import { type Digest, hexOf } from '../kernel/digest.ts';
import type { Reason } from '../kernel/reason.ts';
import { openStatement, type Trust } from '../signing/contract.ts';
import { VerdictStatement } from './verdict.ts';

export type ExpectedVerdict = {
  readonly model: string;
  readonly version: string;
  readonly root: Digest;
  readonly environment: string;
  /** The deployment whose door is to open; null at a door that has no name. */
  readonly target: string | null;
};

export type VerdictVerification =
  | { readonly outcome: 'valid'; readonly expiresAt: string }
  | { readonly outcome: 'invalid'; readonly reasons: readonly Reason[] };

const differs = (what: string, found: string | null, allowed: string | null): Reason[] =>
  found === allowed
    ? []
    : [
        {
          rule: 'admission.verdict-of-another',
          message: `the verdict is about another ${what}`,
          found: found ?? 'none',
          allowed: allowed ?? 'none',
        },
      ];

const refused = (rules: readonly string[]): Reason => ({
  rule: 'admission.verdict-negative',
  message: 'the verdict is a no',
  found: rules.join(', '),
});

const untimely = (rule: string, message: string, found: string, now: Date): Reason => ({
  rule: `admission.${rule}`,
  message,
  found,
  allowed: now.toISOString(),
});

/** Clocks of two services differ by this much without anybody lying. */
const SKEW_MS = 60_000;

const reasonsAgainst = ({ subject, predicate }: VerdictStatement, expected: ExpectedVerdict, now: Date): Reason[] => [
  ...differs('root digest', subject[0]?.digest.sha256 ?? null, hexOf(expected.root)),
  ...differs('model', predicate.clearance_model, expected.model),
  ...differs('version', predicate.clearance_version, expected.version),
  ...differs('environment', predicate.clearance_environment, expected.environment),
  ...differs('target', predicate.clearance_target, expected.target),
  ...(predicate.verificationResult === 'PASSED' ? [] : [refused(predicate.clearance_reasons)]),
  ...(new Date(predicate.clearance_expiresAt) > now
    ? []
    : [untimely('verdict-expired', 'the verdict has expired: ask again', predicate.clearance_expiresAt, now)]),
  ...(new Date(predicate.timeVerified).getTime() <= now.getTime() + SKEW_MS
    ? []
    : [untimely('verdict-early', 'the verdict is from the future', predicate.timeVerified, now)]),
];

/**
 * Whether a verdict opens this door at this time: signed with a key that is trusted, about these bytes under this name, in
 * this environment, for this target, a yes, and not expired. Every reason at once.
 */
export const verifyVerdict = (
  bundle: string,
  trust: Trust,
  expected: ExpectedVerdict,
  now: Date,
): VerdictVerification => {
  const opened = openStatement(bundle, trust, VerdictStatement);
  if (opened.outcome === 'invalid') return opened;
  const reasons = reasonsAgainst(opened.statement, expected, now);
  if (reasons.length > 0) return { outcome: 'invalid', reasons };
  return { outcome: 'valid', expiresAt: opened.statement.predicate.clearance_expiresAt };
};
