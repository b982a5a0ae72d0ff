import { expect, test } from 'vitest';
import { planeTemplate, printed, resourcesOf } from '../support/plane.ts';

const METRICS: Readonly<Record<string, string>> = {
  FAILED: 'ExecutionsFailed',
  TIMED_OUT: 'ExecutionsTimedOut',
  ABORTED: 'ExecutionsAborted',
};

const template = planeTemplate();

type Pattern = { source?: string[]; detail: { stateMachineArn: unknown[]; status: string[] } };
type Dimension = { Value: unknown };

/** Of every workflow whose end something listens for: how it may end. */
const deaths = resourcesOf(template, 'AWS::Events::Rule')
  .map(([, { Properties }]) => Properties.EventPattern as Pattern | undefined)
  .filter((pattern) => pattern?.source?.includes('aws.states'))
  .flatMap((pattern) =>
    (pattern?.detail.stateMachineArn ?? []).flatMap((machine) =>
      (pattern?.detail.status ?? []).map((status) => `${printed(machine)} ${METRICS[status]}`),
    ),
  );

test('whatever kills a workflow that is brought home afterwards, people on call hear of it', () => {
  const heard = resourcesOf(template, 'AWS::CloudWatch::Alarm').flatMap(([, { Properties }]) =>
    ((Properties.Dimensions ?? []) as Dimension[]).map(({ Value }) => `${printed(Value)} ${Properties.MetricName}`),
  );

  expect(deaths.length).toBeGreaterThanOrEqual(3);
  expect(deaths.filter((death) => !heard.includes(death))).toEqual([]);
});
