import type { z } from 'zod';
import type { TaskContract } from '../../../core/kernel/contract.ts';
import { failureOf } from './contracts.ts';

type Catcher = { ErrorEquals: string[]; Next: string; Assign?: Record<string, unknown> };
export type State = {
  Type: string;
  Comment?: string;
  Resource?: string;
  Arguments?: { FunctionName?: string; Payload?: Record<string, unknown> };
  Assign?: Record<string, unknown>;
  Retry?: { ErrorEquals: string[] }[];
  Catch?: Catcher[];
  States?: Record<string, State>;
  ItemProcessor?: Machine;
  Branches?: Machine[];
};
export type Machine = { Comment?: string; StartAt: string; States: Record<string, State>; QueryLanguage?: string };

/** A task of the workflow with what its function promises. `constructed` are the class names its code can throw. */
type Step = { contract: TaskContract; constructed: ReadonlySet<string> };
/** By placeholder, `ClaimUploadArn`. */
export type Steps = ReadonlyMap<string, Step>;

/** Every state, those inside maps and branches too. */
export const statesOf = (machine: Machine): [string, State][] =>
  Object.entries(machine.States).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...[state.ItemProcessor, ...(state.Branches ?? [])].flatMap((inner) =>
      inner === undefined ? [] : statesOf(inner),
    ),
  ]);

/** Reported by Lambda's service integration when the call, not the function, failed; each call again may succeed. */
const LAMBDA_RETRIES = new Set([
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
]);

const placeholderOf = (state: State): string | undefined =>
  /^\$\{(\w+)\}$/.exec(state.Arguments?.FunctionName ?? '')?.[1];

const errorNameFaults = (name: string, state: State, { contract, constructed }: Step, refuge: boolean): string[] => {
  const failures = contract.failures.map(failureOf);
  const declared = new Map(failures.map((failure) => [failure.name as string, failure]));
  const retried = (state.Retry ?? []).flatMap(({ ErrorEquals }) => ErrorEquals);
  const caught = (state.Catch ?? [])
    .flatMap(({ ErrorEquals }) => ErrorEquals)
    .filter((error) => error !== 'States.ALL');
  const check = (error: string, disposition: 'retry' | 'quarantine', verb: string): string[] => {
    const failure = declared.get(error);
    if (failure === undefined) return [`${name} ${verb} ${error}, which its task does not declare`];
    if (failure.disposition !== disposition)
      return [`${name} ${verb} ${error}, which is a ${failure.disposition} failure`];
    return constructed.has(failure.className) ? [] : [`${name} ${verb} ${error}, which its task never throws`];
  };
  return [
    ...retried.filter((error) => !LAMBDA_RETRIES.has(error)).flatMap((error) => check(error, 'retry', 'retries')),
    ...caught.flatMap((error) => check(error, 'quarantine', 'catches')),
    ...failures
      .filter(
        ({ disposition, name: error }) =>
          !(disposition === 'retry' ? retried.includes(error) : refuge || caught.includes(error)),
      )
      .map((failure) => `${name} does not ${failure.disposition === 'retry' ? 'retry' : 'catch'} ${failure.name}`),
  ];
};

const taskFaults = (name: string, state: State, steps: Steps, refuges: ReadonlySet<string>): string[] => {
  const placeholder = placeholderOf(state);
  const step = steps.get(placeholder ?? '');
  if (placeholder === undefined || step === undefined) return [`${name} calls no function that has a contract`];
  return [
    ...(state.Retry === undefined ? [`${name} has no Retry`] : []),
    ...(state.Catch?.at(-1)?.ErrorEquals.includes('States.ALL')
      ? []
      : [`${name} has no Catch of States.ALL at its end`]),
    ...errorNameFaults(name, state, step, refuges.has(name)),
    ...payloadFaults(name, state, step.contract),
  ];
};

const shapeOf = (schema: z.ZodType): string[] => Object.keys((schema as z.ZodObject).shape ?? {});

/** What is handed over is what the contract takes; what is read of the result is what the contract gives. */
const payloadFaults = (name: string, state: State, { input, output }: TaskContract): string[] => {
  const given = Object.keys(state.Arguments?.Payload ?? {});
  const taken = shapeOf(input);
  const read = [...JSON.stringify(state).matchAll(/\$states\.result\.Payload\.(\w+)/g)].map(
    ([, member = '']) => member,
  );
  return [
    ...taken.filter((member) => !given.includes(member)).map((member) => `${name} does not hand over ${member}`),
    ...given
      .filter((member) => !taken.includes(member))
      .map((member) => `${name} hands over ${member}, which nobody takes`),
    ...read
      .filter((member) => !shapeOf(output).includes(member))
      .map((member) => `${name} reads ${member}, which is never given`),
  ];
};

const LONGEST_EXPRESSION = 100;

/** JSONata selects and shapes; variables that nobody assigned end an execution, which no validator sees. */
const expressionFaults = (machine: Machine): string[] => {
  const assigned = new Set(['states', ...statesOf(machine).flatMap(([, { Assign }]) => assignedIn(Assign))]);
  for (const [, { Catch }] of statesOf(machine))
    for (const catcher of Catch ?? []) for (const found of assignedIn(catcher.Assign)) assigned.add(found);
  return statesOf(machine).flatMap(([name, state]) =>
    expressionsIn(state).flatMap((expression) => [
      ...(expression.length > LONGEST_EXPRESSION || expression.includes('\n')
        ? [`${name} has an expression that belongs in core: ${expression}`]
        : []),
      ...[...expression.matchAll(/\$([A-Za-z_]\w*)(\s*\()?/g)]
        .filter(([, variable = '', call]) => call === undefined && !assigned.has(variable))
        .map(([, variable]) => `${name} uses $${variable}, which no state assigns`),
    ]),
  );
};

const assignedIn = (assign: Record<string, unknown> | undefined): string[] => Object.keys(assign ?? {});

const expressionsIn = (value: unknown): string[] => {
  if (typeof value === 'string')
    return value.startsWith('{%') && value.endsWith('%}') ? [value.slice(2, -2).trim()] : [];
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => (NESTED.has(key) ? [] : expressionsIn(inner)))
    : [];
};
const NESTED = new Set(['States', 'ItemProcessor', 'Branches']);

/** The states that quarantine: where named failures lead. Failing there, they have nowhere left to lead. */
const refugesOf = (machine: Machine): Set<string> =>
  new Set(
    statesOf(machine).flatMap(([, { Catch }]) =>
      (Catch ?? []).filter(({ ErrorEquals }) => !ErrorEquals.includes('States.ALL')).map(({ Next }) => Next),
    ),
  );

/** Everything that keeps a workflow from being what its contracts say. */
export const workflowFaults = (machine: Machine, steps: Steps): string[] => [
  ...(machine.QueryLanguage === 'JSONata' ? [] : ['the workflow is not written in JSONata']),
  ...statesOf(machine).flatMap(([name, state]) => [
    ...(state.Comment === undefined ? [`${name} has no Comment that says why`] : []),
    ...(/^[A-Z][A-Za-z]*$/.test(name) ? [] : [`${name} is not in PascalCase`]),
    ...(state.Type === 'Task' ? taskFaults(name, state, steps, refugesOf(machine)) : []),
  ]),
  ...expressionFaults(machine),
];
