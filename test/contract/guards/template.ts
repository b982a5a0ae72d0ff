import { FACT_SOURCE, REQUEST_SOURCE } from '../../../core/kernel/contract.ts';
import { printed, type Resource, resourcesOf, type Template } from '../../support/plane.ts';
import { eventContracts, reactorContracts, taskContracts } from './contracts.ts';

const MOST_RESOURCES = 400;

export const sizeFaults = ({ Resources }: Template): string[] => {
  const count = Object.keys(Resources).length;
  return count < MOST_RESOURCES ? [] : [`the stack has ${count} resources; CloudFormation's limit of 500 is near`];
};

/** Functions whose environment is not their contract's, functions without a contract, contracts without a function. */
export const environmentFaults = (template: Template, entries: readonly string[]): string[] => {
  const contracts = new Map([...taskContracts, ...reactorContracts].map(({ entry, contract }) => [entry, contract]));
  const functions = resourcesOf(template, 'AWS::Lambda::Function').map(([id, { Properties }]) => {
    const { Variables = {} } = (Properties.Environment ?? {}) as { Variables?: object };
    return { id, entry: String(Properties.Description), names: Object.keys(Variables).sort() };
  });
  const deployed = new Set(functions.map(({ entry }) => entry));
  return [
    ...functions.flatMap(({ id, entry, names }) => {
      const contract = contracts.get(entry);
      if (contract === undefined) return [`${id} (${entry}) has no contract`];
      const expected = Object.keys(contract.env.shape).sort();
      return names.join() === expected.join() ? [] : [`${id} has ${names}, its contract ${expected}`];
    }),
    ...[...contracts.keys()].filter((entry) => !deployed.has(entry)).map((entry) => `${entry} is not deployed`),
    ...entries.filter((entry) => !deployed.has(entry)).map((entry) => `the handler ${entry} is not deployed`),
    ...[...deployed].filter((entry) => !entries.includes(entry)).map((entry) => `${entry} has no handler`),
  ];
};

type Statement = { Effect: string; Action: string | string[]; Resource: unknown };
type Grant = string;

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
const sorted = (grants: Iterable<Grant>): Grant[] => [...new Set(grants)].sort();

/** What the policies of a role allow, as `action on resource`. */
const grantsOf = (template: Template, role: string): Grant[] =>
  resourcesOf(template, 'AWS::IAM::Policy')
    .filter(([, { Properties }]) => listOf(Properties.Roles).some((holder) => printed(holder) === `<${role}>`))
    .flatMap(([, { Properties }]) => (Properties.PolicyDocument as { Statement: Statement[] }).Statement)
    .flatMap(({ Action, Resource }) =>
      listOf(Action).flatMap((action) => listOf(Resource).map((resource) => `${action} on ${printed(resource)}`)),
    );

/** Everything AWS asks of a state machine's role to deliver its log and its traces, whatever it does. */
const OBSERVED = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
].map((action) => `${action} on *`);

const roleIn = (reference: unknown): string => /^<(\w+)\.Arn>$/.exec(printed(reference))?.[1] ?? printed(reference);

type Need = { role: string; grants: Grant[] };

const machineNeeds = ([, { Properties }]: [string, Resource]): Need => {
  const called = [...printed(Properties.DefinitionString).matchAll(/"FunctionName":"(<\w+\.Arn>)"/g)];
  return {
    role: roleIn(Properties.RoleArn),
    grants: [...OBSERVED, ...called.map(([, arn]) => `lambda:InvokeFunction on ${arn}`)],
  };
};

type Target = { Arn: unknown; RoleArn?: unknown; DeadLetterConfig?: { Arn: unknown } };

const machinesIn = (template: Template): Set<string> =>
  new Set(resourcesOf(template, 'AWS::StepFunctions::StateMachine').map(([id]) => `<${id}>`));

const ruleNeeds = (template: Template): Need[] =>
  resourcesOf(template, 'AWS::Events::Rule')
    .flatMap(([, { Properties }]) => Properties.Targets as Target[])
    .filter(({ Arn }) => machinesIn(template).has(printed(Arn)))
    .map(({ Arn, RoleArn }) => ({ role: roleIn(RoleArn), grants: [`states:StartExecution on ${printed(Arn)}`] }));

const scheduleNeeds = (template: Template): Need[] =>
  resourcesOf(template, 'AWS::Scheduler::Schedule').map(([, { Properties }]) => {
    const { Arn, RoleArn, DeadLetterConfig } = Properties.Target as Target;
    const undelivered = DeadLetterConfig === undefined ? [] : [`sqs:SendMessage on ${printed(DeadLetterConfig.Arn)}`];
    const action = machinesIn(template).has(printed(Arn)) ? 'states:StartExecution' : 'lambda:InvokeFunction';
    return { role: roleIn(RoleArn), grants: [`${action} on ${printed(Arn)}`, ...undelivered] };
  });

/** Roles of workflows, rules and schedules against what their definitions and targets ask for, both ways. */
export const derivedPermissionFaults = (template: Template): string[] => {
  const needs = [
    ...resourcesOf(template, 'AWS::StepFunctions::StateMachine').map(machineNeeds),
    ...ruleNeeds(template),
    ...scheduleNeeds(template),
  ];
  const byRole = new Map<string, Grant[]>();
  for (const { role, grants } of needs) byRole.set(role, [...(byRole.get(role) ?? []), ...grants]);
  return [...byRole].flatMap(([role, needed]) => {
    const held = sorted(grantsOf(template, role));
    return [
      ...sorted(needed)
        .filter((grant) => !held.includes(grant))
        .map((grant) => `${role} lacks ${grant}`),
      ...held.filter((grant) => !needed.includes(grant)).map((grant) => `${role} need not have ${grant}`),
    ];
  });
};

/** Targets and dead-letter queues that EventBridge reaches by their own policy: each must let exactly its rule in. */
export const deliveryFaults = (template: Template): string[] => {
  const invoked = resourcesOf(template, 'AWS::Lambda::Permission').map(
    ([, { Properties }]) => `${printed(Properties.FunctionName)} from ${printed(Properties.SourceArn)}`,
  );
  const sent = resourcesOf(template, 'AWS::SQS::QueuePolicy').flatMap(([, { Properties }]) =>
    (Properties.PolicyDocument as { Statement: (Statement & { Condition?: object })[] }).Statement.filter(
      ({ Effect }) => Effect === 'Allow',
    ).map(({ Resource, Condition }) => `${printed(Resource)} from ${JSON.stringify(Condition)}`),
  );
  const lets = (queue: unknown, rule: string) =>
    sent.some((allowed) => allowed.startsWith(`${printed(queue)} from `) && allowed.includes(`"${rule}"`));
  return resourcesOf(template, 'AWS::Events::Rule').flatMap(([rule, { Properties }]) =>
    (Properties.Targets as Target[]).flatMap(({ Arn, RoleArn, DeadLetterConfig }) => {
      const target = printed(Arn);
      const lambda = invoked.includes(`${target} from <${rule}.Arn>`);
      return [
        ...(RoleArn !== undefined || lambda || lets(Arn, rule) ? [] : [`${rule} may not reach ${target}`]),
        ...(DeadLetterConfig === undefined ? [`${rule} drops what it cannot deliver`] : []),
        ...(DeadLetterConfig !== undefined && !lets(DeadLetterConfig.Arn, rule) ? [`${rule} may not use its DLQ`] : []),
      ];
    }),
  );
};

type Pattern = { source?: unknown[]; 'detail-type'?: unknown[] };

const REQUEST = /^[a-z-]+\.requested\.v[1-9][0-9]*$/;

const isService = (source: unknown): boolean => typeof source === 'string' && source.startsWith('aws.');

/** What may be said under a source: requests by anybody who may ask, facts by the plane, the rest by AWS itself. */
const mayCarry = (source: unknown, type: unknown, known: ReadonlySet<unknown>): boolean => {
  if (typeof source !== 'string' || typeof type !== 'string') return false;
  if (source === REQUEST_SOURCE) return REQUEST.test(type) && known.has(type);
  if (source === FACT_SOURCE) return !REQUEST.test(type) && known.has(type);
  return isService(source);
};

/** Rules that a forged event could reach: whose source or type is left open, or is not one that the source carries. */
export const forgeryFaults = (template: Template): string[] => {
  const known = new Set<unknown>(eventContracts.map(({ type }) => type));
  return resourcesOf(template, 'AWS::Events::Rule').flatMap(([rule, { Properties }]) => {
    const { source = [], 'detail-type': types = [] } = (Properties.EventPattern ?? {}) as Pattern;
    // What services of AWS say no one else can say, so that one rule may listen to several of them.
    const isOne = source.length === 1 || (source.length > 1 && source.every(isService));
    if (!isOne || types.length === 0) return [`${rule} leaves open who says what`];
    return source.flatMap((who) =>
      types
        .filter((type) => !mayCarry(who, type, known))
        .map((type) => `${rule} listens to ${JSON.stringify(type)} from ${JSON.stringify(who)}`),
    );
  });
};
