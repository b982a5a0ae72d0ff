import {
  type DetailedError,
  type PolicyJson,
  policySetTextToParts,
  policyToJson,
  preparsePolicySet,
  preparseSchema,
  validate,
} from '@cedar-policy/cedar-wasm/nodejs';
import { canonicalJson } from '../kernel/canonical-json.ts';
import { type Digest, digestOf } from '../kernel/digest.ts';
import { Reason } from '../kernel/reason.ts';
import { DETAIL_NAMES } from './details.ts';

/** What a policy tells people; a permit has nothing to explain. */
export type Policy =
  | { readonly id: string; readonly effect: 'permit' }
  | {
      readonly id: string;
      readonly effect: 'forbid';
      readonly reason: string;
      readonly fix: string;
      readonly details: readonly string[];
    };

/** A validated policy set that Cedar has parsed, in the order in which its reasons are given. */
export type PolicySet = {
  /** Of the policy texts and the schema; Cedar keeps the parsed set under it. */
  readonly digest: Digest;
  readonly policies: ReadonlyMap<string, Policy>;
};

type Source = { readonly policy: Policy; readonly text: string };

const refuse = (where: string, what: string): never => {
  throw new TypeError(`${where}: ${what}`);
};

const tellOne = ({ message, help }: DetailedError): string => (help === null ? message : `${message} (${help})`);
const tell = (errors: readonly DetailedError[]): string => errors.map(tellOne).join('; ');

const lineOf = (text: string, errors: readonly DetailedError[]): string => {
  const start = errors[0]?.sourceLocations?.[0]?.start;
  return start === undefined ? '' : `, line ${text.slice(0, start).split('\n').length}`;
};

const describe = ({ effect, annotations = {} }: PolicyJson, file: string): Policy => {
  const id = annotations.id ?? refuse(file, 'every policy needs an @id');
  const where = `${file}, ${id}`;
  if (!Reason.shape.rule.safeParse(id).success) refuse(where, 'expected an @id such as gates.field-missing');
  if (effect === 'permit') return { id, effect };
  const details = (annotations.details ?? '').split(',').map((name) => name.trim());
  const named = details.filter((name) => name !== '');
  for (const name of named)
    if (!DETAIL_NAMES.includes(name)) refuse(where, `no such @details: ${name}; known are ${DETAIL_NAMES.join(', ')}`);
  const reason = annotations.reason || refuse(where, 'a forbid needs a @reason for people');
  return { id, effect, reason, fix: annotations.fix || refuse(where, 'a forbid needs a @fix'), details: named };
};

const readPolicy = (text: string, file: string): Source => {
  const parsed = policyToJson(text);
  if (parsed.type === 'failure') return refuse(file, tell(parsed.errors));
  return { policy: describe(parsed.json, file), text };
};

const readFile = ([file, text]: readonly [string, string]): Source[] => {
  const parts = policySetTextToParts(text);
  if (parts.type === 'failure') return refuse(`${file}${lineOf(text, parts.errors)}`, tell(parts.errors));
  if (parts.policy_templates.length > 0) refuse(file, 'a template decides nothing; write a policy');
  return parts.policies.map((policy) => readPolicy(policy, file));
};

const requireDistinct = (sources: readonly Source[]): void => {
  const ids = sources.map(({ policy }) => policy.id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) refuse(twice, 'two policies have this @id');
};

/** Warnings count: what Cedar warns about is a policy that can never apply. */
const problemsOf = (schema: string, staticPolicies: Record<string, string>): string[] => {
  const answer = validate({ schema, policies: { staticPolicies } });
  if (answer.type === 'failure') return [tell(answer.errors)];
  const found = [...answer.validationErrors, ...answer.validationWarnings];
  return [...found.map(({ policyId, error }) => `${policyId}: ${tell([error])}`), ...answer.otherWarnings.map(tellOne)];
};

const prepare = (digest: Digest, schema: string, staticPolicies: Record<string, string>): void => {
  const prepared = [preparseSchema(digest, schema), preparsePolicySet(digest, { staticPolicies })];
  for (const answer of prepared) if (answer.type === 'failure') refuse('policy set', tell(answer.errors));
};

/**
 * Reads policy files, by name, and the schema they are written for. Parsed once, here; deciding does not parse again.
 * @throws TypeError that names the file or policy, for anything that Cedar cannot read or that the schema contradicts,
 *   and for a policy that cannot tell people why
 */
export const loadPolicySet = (files: Readonly<Record<string, string>>, schema: string): PolicySet => {
  const sources = Object.entries(files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(readFile);
  requireDistinct(sources);
  const policies = Object.fromEntries(sources.map(({ policy, text }) => [policy.id, text]));
  const problems = problemsOf(schema, policies);
  if (problems.length > 0) refuse('policy set', problems.join('; '));
  const digest = digestOf(canonicalJson({ schema, files }));
  prepare(digest, schema, policies);
  return { digest, policies: new Map(sources.map(({ policy }) => [policy.id, policy])) };
};
