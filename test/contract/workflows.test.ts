import aslValidator from 'asl-validator';
import { expect, test } from 'vitest';
import { substitute } from '../../lib/platform/workflow.ts';
import { type Machine, type State, type Steps, statesOf, workflowFaults } from './guards/asl.ts';
import { camel, taskContracts } from './guards/contracts.ts';
import { reachableFrom, readSources } from './guards/source.ts';

const sources = readSources('{core,functions}/**/*.ts');
const workflows = readSources('statemachines/*.asl.json');

/** Class names after `new` in everything that a handler reaches. */
const constructedBy = (entry: string): Set<string> =>
  new Set(
    [...reachableFrom(sources, `functions/${entry}.handler.ts`)].flatMap((path) =>
      [...(sources.get(path) ?? '').matchAll(/\bnew ([A-Z]\w*)/g)].map(([, name = '']) => name),
    ),
  );

const placeholderOf = (entry: string) => {
  const name = camel(entry.split('/')[1] ?? '');
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}Arn`;
};

const steps: Steps = new Map(
  taskContracts.map(({ entry, contract }) => [placeholderOf(entry), { contract, constructed: constructedBy(entry) }]),
);

const machines = [...workflows].map(([path, text]): [string, Machine] => [path, JSON.parse(text)]);

test('there is a workflow to guard', () => {
  expect(machines.map(([path]) => path)).toContain('statemachines/intake.asl.json');
});

test.each(machines)('%s keeps its contracts', (_, machine) => {
  const faults = workflowFaults(machine, steps);

  expect(faults).toEqual([]);
});

test.each([...workflows])('%s is valid Amazon States Language once its functions are known', (path, text) => {
  const arns = Object.fromEntries(
    [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [
      name,
      `arn:aws:lambda:eu-west-1:111122223333:function:${name}`,
    ]),
  );

  const { isValid, errors } = aslValidator(substitute(path, text, arns));

  expect(errors).toEqual([]);
  expect(isValid).toBe(true);
});

test('every task is a step of some workflow', () => {
  const text = [...workflows.values()].join('\n');
  const unused = [...steps.keys()].filter((placeholder) => !text.includes(`\${${placeholder}}`));

  expect(unused).toEqual([]);
});

const intake = machines.find(([path]) => path === 'statemachines/intake.asl.json')?.[1];

const planted = (change: (states: Record<string, State>, machine: Machine) => void): string[] => {
  const machine: Machine = structuredClone(intake) as Machine;
  change(machine.States, machine);
  const standing = new Set(workflowFaults(intake as Machine, steps));
  return workflowFaults(machine, steps).filter((fault) => !standing.has(fault));
};

const sign = (states: Record<string, State>): State => states.SignVersion as State;

test.each<[string, (states: Record<string, State>, machine: Machine) => void, string]>([
  ['a state without a comment', (states) => void delete sign(states).Comment, 'SignVersion has no Comment'],
  ['a task without Retry', (states) => void delete sign(states).Retry, 'SignVersion has no Retry'],
  ['a task without Catch', (states) => void delete sign(states).Catch, 'SignVersion has no Catch of States.ALL'],
  [
    'a retry on a name nobody throws',
    (states) => void sign(states).Retry?.push({ ErrorEquals: ['Signing.KeyThrottled'] }),
    'SignVersion retries Signing.KeyThrottled, which its task does not declare',
  ],
  [
    'a retry on a quarantine failure',
    (states) => void sign(states).Retry?.push({ ErrorEquals: ['Signing.KeyUnusable'] }),
    'SignVersion retries Signing.KeyUnusable, which is a quarantine failure',
  ],
  [
    'a retry on everything',
    (states) => void sign(states).Retry?.push({ ErrorEquals: ['States.ALL'] }),
    'SignVersion retries States.ALL, which its task does not declare',
  ],
  [
    'a quarantine failure that is not caught by name',
    (states) => {
      sign(states).Catch = [{ ErrorEquals: ['States.ALL'], Next: 'FailIntake' }];
    },
    'SignVersion does not catch Signing.KeyUnusable',
  ],
  [
    'a retry failure that is not retried',
    (states) => {
      sign(states).Retry = [{ ErrorEquals: ['Lambda.ServiceException'] }];
    },
    'SignVersion does not retry Kernel.Throttled',
  ],
  [
    'a task without a contract',
    (states) => {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of an ASL file
      sign(states).Arguments = { FunctionName: '${Nobody}', Payload: {} };
    },
    'SignVersion calls no function that has a contract',
  ],
  [
    'an argument that is missing',
    (states) => void delete sign(states).Arguments?.Payload?.digests,
    'SignVersion does not hand over digests',
  ],
  [
    'an argument that nobody takes',
    (states) => {
      Object.assign(sign(states).Arguments?.Payload ?? {}, { extra: 1 });
    },
    'SignVersion hands over extra, which nobody takes',
  ],
  [
    'a result that is never given',
    (states) => {
      sign(states).Assign = { bundle: '{% $states.result.Payload.envelope %}' };
    },
    'SignVersion reads envelope, which is never given',
  ],
  [
    'a variable that nobody assigned',
    (states) => {
      sign(states).Assign = { bundle: '{% $signature %}' };
    },
    'SignVersion uses $signature, which no state assigns',
  ],
  [
    'an expression that decides',
    (states) => {
      sign(states).Assign = { bundle: `{% ${'$states.result.Payload.bundle & '.repeat(4)}'x' %}` };
    },
    'SignVersion has an expression that belongs in core',
  ],
  ['a JSONPath workflow', (_, machine) => void delete machine.QueryLanguage, 'the workflow is not written in JSONata'],
])('%s is found', (_, change, sentence) => {
  const faults = planted(change);

  expect(faults).toContainEqual(expect.stringContaining(sentence));
});

test('a failure that is declared and caught but never thrown is found', () => {
  const silent: Steps = new Map(
    [...steps].map(([placeholder, step]) => [placeholder, { ...step, constructed: new Set<string>() }]),
  );

  const faults = workflowFaults(intake as Machine, silent);

  expect(faults).toContain('SignVersion catches Signing.KeyUnusable, which its task never throws');
});

test('states inside maps and branches are looked at too', () => {
  const inner: Machine = { StartAt: 'Inner', States: { Inner: { Type: 'Pass' } } };
  const machine: Machine = {
    StartAt: 'Outer',
    States: { Outer: { Type: 'Map', ItemProcessor: inner }, Split: { Type: 'Parallel', Branches: [inner] } },
  };

  const names = statesOf(machine).map(([name]) => name);

  expect(names).toEqual(['Outer', 'Inner', 'Split', 'Inner']);
});
