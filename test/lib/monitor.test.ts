import { expect, test } from 'vitest';
import { Objective } from '../../core/slo/contract.ts';
import { findResource, planeTemplate, resourcesOf } from '../support/plane.ts';
import { availabilitySlo } from '../support/slo.ts';

const slo = (index: number) => {
  const document = availabilitySlo();
  return { ...document, metadata: { name: `promise-${index}` }, spec: { ...document.spec, service: `model-${index}` } };
};

const parametersOf = (count: number) =>
  resourcesOf(
    planeTemplate({ monitor: { objectives: Array.from({ length: count }, (_, i) => slo(i)) as never } }),
    'AWS::SSM::Parameter',
  )
    .map(([, { Properties }]) => Properties)
    .filter(({ Name }) => String(Name).startsWith('/clearance/test/objectives/'));

test('the schedule starts a check on the minute, and tells it for which moment', () => {
  const [, { Properties }] = findResource(planeTemplate(), 'AWS::Scheduler::Schedule', 'MonitorCheck');

  expect(Properties.ScheduleExpression).toBe('cron(0/5 * * * ? *)');
  expect(JSON.parse(String((Properties.Target as { Input: string }).Input))).toEqual({
    scheduledAt: '<aws.scheduler.scheduled-time>',
    settleSeconds: 30,
  });
});

test('objectives stand in as many parameters as they need, each small enough', () => {
  const parameters = parametersOf(60);

  const objectives = parameters.flatMap(({ Value }) => Objective.array().parse(JSON.parse(String(Value))));
  expect(objectives.map(({ name }) => name)).toEqual(Array.from({ length: 60 }, (_, index) => `promise-${index}`));
  expect(parameters.length).toBeGreaterThan(1);
  for (const { Value } of parameters) expect(Buffer.byteLength(String(Value))).toBeLessThanOrEqual(4096);
});

test('without objectives there is no parameter', () => {
  expect(parametersOf(0)).toEqual([]);
});

test('two objectives of one name are refused at synthesis', () => {
  const twice = () => planeTemplate({ monitor: { objectives: [slo(1), slo(1)] as never } });

  expect(twice).toThrow('two objectives are named promise-1');
});

test('the rules of all checks together fit into the environment of a function', () => {
  const [, { Properties }] = findResource(planeTemplate(), 'AWS::Lambda::Function', 'CheckStream');

  const { Variables } = Properties.Environment as { Variables: Record<string, unknown> };
  expect(JSON.stringify(Variables).length).toBeLessThan(3500);
});
