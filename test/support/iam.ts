import { printed, type Resource, resourcesOf, type Template } from './plane.ts';

type Statement = {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource?: unknown;
  Principal?: unknown;
  Condition?: Record<string, Record<string, unknown>>;
};

/** What a request carries: condition keys to values. A key that is not there is absent, as in a real request. */
type RequestContext = Readonly<Record<string, string>>;
export type Request = { action: string; resource: string; context?: RequestContext };

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

const matches = (pattern: string, value: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    's',
  ).test(value);

type Operator = (expected: string[], actual: string | undefined) => boolean;

/** A negated operator is true for a key that is not there; that is what makes a Deny with it fail closed. */
const operators: Readonly<Record<string, Operator>> = {
  StringEquals: (expected, actual) => actual !== undefined && expected.includes(actual),
  StringNotEquals: (expected, actual) => actual === undefined || !expected.includes(actual),
  StringLike: (expected, actual) => actual !== undefined && expected.some((pattern) => matches(pattern, actual)),
  ArnEquals: (expected, actual) => actual !== undefined && expected.some((pattern) => matches(pattern, actual)),
  ArnLike: (expected, actual) => actual !== undefined && expected.some((pattern) => matches(pattern, actual)),
  ArnNotEquals: (expected, actual) => actual === undefined || !expected.some((pattern) => matches(pattern, actual)),
  Bool: (expected, actual) => actual !== undefined && expected.includes(actual),
  Null: (expected, actual) => expected.includes(String(actual === undefined)),
  NumericLessThan: ([limit = '0'], actual) => actual !== undefined && Number(actual) < Number(limit),
  /** Of a request that carries one value or none. */
  'ForAllValues:StringEquals': (expected, actual) => actual === undefined || expected.includes(actual),
  'ForAllValues:StringLike': (expected, actual) =>
    actual === undefined || expected.some((pattern) => matches(pattern, actual)),
  'ForAnyValue:StringEquals': (expected, actual) => actual !== undefined && expected.includes(actual),
};

const holds = (condition: Statement['Condition'], context: RequestContext): boolean =>
  Object.entries(condition ?? {}).every(([name, keys]) => {
    const operator = operators[name];
    if (operator === undefined) throw new Error(`the test knows no condition operator ${name}`);
    return Object.entries(keys).every(([key, expected]) => operator(listOf(expected).map(printed), context[key]));
  });

const applies = (statement: Statement, { action, resource, context = {} }: Request): boolean =>
  listOf(statement.Action).some((pattern) => matches(String(pattern), action)) &&
  listOf(statement.Resource ?? '*').some((pattern) => matches(printed(pattern), resource)) &&
  holds(statement.Condition, context);

const statementsOf = (resource: Resource, document: string): Statement[] =>
  (resource.Properties[document] as { Statement: Statement[] } | undefined)?.Statement ?? [];

/** CDK moves what is too long for a role's own policy into managed ones. */
const policiesIn = (template: Template) =>
  ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap((type) => resourcesOf(template, type));

/** Everything that is attached to a role: by itself and by policies that name it. */
const statementsFor = (template: Template, role: string): Statement[] =>
  policiesIn(template)
    .filter(([, { Properties }]) => listOf(Properties.Roles).some((holder) => printed(holder) === `<${role}>`))
    .flatMap(([, policy]) => statementsOf(policy, 'PolicyDocument'));

/** The policies of buckets, keys and buses, in whose favour or against whom they speak left aside: all here name everybody. */
const denialsAround = (template: Template): Statement[] => [
  ...resourcesOf(template, 'AWS::S3::BucketPolicy').flatMap(([, policy]) => statementsOf(policy, 'PolicyDocument')),
  ...resourcesOf(template, 'AWS::Events::EventBusPolicy').map(
    ([, { Properties }]) => Properties.Statement as Statement,
  ),
  ...resourcesOf(template, 'AWS::KMS::Key').flatMap(([id, key]) =>
    statementsOf(key, 'KeyPolicy').map((statement) => ({ ...statement, Resource: `<${id}.Arn>` })),
  ),
];

const TLS: RequestContext = { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3' };

/**
 * Whether a role of the template may do something, by the policies of the template: an explicit Deny wins, and what no
 * statement allows is refused. A model of IAM, not IAM: no sessions, boundaries or organisations.
 */
export const may = (template: Template, role: string, request: Request): boolean => {
  const asked = { ...request, context: { ...TLS, 'aws:PrincipalArn': `<${role}.Arn>`, ...request.context } };
  const own = statementsFor(template, role);
  const denied = [...own, ...denialsAround(template)].some(
    (statement) => statement.Effect === 'Deny' && applies(statement, asked),
  );
  return !denied && own.some((statement) => statement.Effect === 'Allow' && applies(statement, asked));
};
