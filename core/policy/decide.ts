import { type AuthorizationAnswer, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import type { Reason } from '../kernel/reason.ts';
import type { Decision, PolicyQuery } from './contract.ts';
import type { Details, PolicyRequest } from './details.ts';
import type { Policy, PolicySet } from './policy-set.ts';

type CedarContext = Parameters<typeof statefulIsAuthorized>[0]['context'];

const ask = (
  { digest }: PolicySet,
  { principal, action, resource, attributes, context }: PolicyQuery,
): AuthorizationAnswer =>
  statefulIsAuthorized({
    principal,
    action,
    resource,
    context: context as CedarContext,
    entities: [{ uid: resource, attrs: attributes as CedarContext, parents: [] }],
    preparsedPolicySetId: digest,
    preparsedSchemaName: digest,
    validateRequest: true,
  });

const reasonsOf = (policy: Policy, details: Details): Reason[] => {
  if (policy.effect === 'permit') return [];
  const said = { rule: policy.id, message: policy.reason };
  const told = policy.details.flatMap((name) => details.get(name) ?? []);
  if (told.length === 0) return [{ ...said, fix: policy.fix }];
  return told.map((detail) => ({ ...said, fix: policy.fix, ...detail }));
};

const notPermitted: Reason = {
  rule: 'policy.not-permitted',
  message: 'no policy permits this, and nothing is permitted by default',
  fix: 'Ask the platform team which policy should permit it.',
};

/** Without a forbid that explains the no, everything that is open is told: one of these the permit waits for. */
const unexplained = (details: Details): Reason[] => [
  notPermitted,
  ...[...details.values()].flat().map((detail) => ({ rule: notPermitted.rule, message: 'not in order', ...detail })),
];

const undecided = (found: string): Reason => ({
  rule: 'policy.not-decided',
  message: 'policy could not be evaluated, and what is not decided is not permitted',
  found,
  fix: 'Tell the platform team.',
});

/**
 * Asks the policy set. Forbid wins, and the reasons are every matching forbid's sentence about every file, field or
 * measurement it concerns. Cedar skips a policy that fails, which could be the forbid that mattered: any failure is a no.
 */
export const decide = (policySet: PolicySet, { query, details }: PolicyRequest): Decision => {
  const answer = ask(policySet, query);
  if (answer.type === 'failure')
    return { outcome: 'deny', policies: [], reasons: answer.errors.map(({ message }) => undecided(message)) };

  const { decision, diagnostics } = answer.response;
  const determining = [...policySet.policies.values()].filter(({ id }) => diagnostics.reason.includes(id));
  const policies = determining.map(({ id }) => id);
  if (decision === 'allow' && diagnostics.errors.length === 0) return { outcome: 'allow', policies };

  const reasons = [
    ...diagnostics.errors.map(({ policyId, error }) => undecided(`${policyId}: ${error.message}`)),
    ...determining.flatMap((policy) => reasonsOf(policy, details)),
  ];
  return { outcome: 'deny', policies, reasons: reasons.length > 0 ? reasons : unexplained(details) };
};
