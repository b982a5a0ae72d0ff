import type { Hold } from '../hold/contract.ts';
import { type Digest, hexOf } from '../kernel/digest.ts';
import type { Reason } from '../kernel/reason.ts';
import type { Decision } from '../policy/contract.ts';
import type { AdmissionQuestion } from './contract.ts';

/** All that admission looks at. What is missing because the version is not registered is a no of its own. */
export type AdmissionFacts = {
  readonly question: AdmissionQuestion;
  readonly registered?: {
    readonly root: Digest;
    /** What the bundle beside the model says when it is verified against the digests of the pinned bytes. */
    readonly bundle:
      | { readonly outcome: 'valid'; readonly root: Digest }
      | { readonly outcome: 'invalid'; readonly reasons: readonly Reason[] };
    /** Pinned files that their readers may not read. */
    readonly closed: readonly string[];
    readonly policy: Decision;
  };
  readonly holds: readonly Hold[];
};

const notRegistered = ({ model, version }: AdmissionQuestion): Reason => ({
  rule: 'admission.not-registered',
  message: `${model} ${version} is not registered`,
  fix: 'Submit it; its answer says what is in the way.',
});

const held = ({ id, reason }: Hold): Reason => ({
  rule: 'admission.held',
  message: `hold ${id}: ${reason.message}`,
  found: reason.rule,
  fix: 'Lift the hold when its reason is gone.',
});

const otherRoot = (rule: string, message: string, found: Digest | null, root: Digest): Reason => ({
  rule,
  message,
  found: found === null ? 'no digest' : hexOf(found),
  allowed: hexOf(root),
});

const ofBundle = ({ root, bundle }: NonNullable<AdmissionFacts['registered']>): readonly Reason[] => {
  if (bundle.outcome === 'invalid') return bundle.reasons;
  if (bundle.root === root) return [];
  return [otherRoot('admission.bundle-differs', 'the bundle signs other bytes than are registered', bundle.root, root)];
};

const ofTarget = ({ target }: AdmissionQuestion, root: Digest): Reason[] => {
  if (target === null || target.served === root) return [];
  const message = 'what the target would serve is not the version that is registered';
  return [
    {
      ...otherRoot('admission.served-differs', message, target.served, root),
      fix: 'Deploy the registered bytes behind the target; what serves has to name their root digest.',
    },
  ];
};

const closedFile = (path: string): Reason => ({
  rule: 'admission.quarantined',
  message: 'the file may not be read: it was quarantined, or its version is gone',
  path,
});

/**
 * Every reason against a version in an environment; none is a yes. Registration, signature, quarantine, holds and what
 * the target serves are law: no policy can give them away. What else an environment asks for is policy's to say.
 */
export const decideAdmission = ({ question, registered, holds }: AdmissionFacts): Reason[] => {
  const standing = holds.map(held);
  if (registered === undefined) return [notRegistered(question), ...standing];
  return [
    ...standing,
    ...ofBundle(registered),
    ...registered.closed.map(closedFile),
    ...ofTarget(question, registered.root),
    ...(registered.policy.outcome === 'deny' ? registered.policy.reasons : []),
  ];
};
