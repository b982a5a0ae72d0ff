import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { expect, test } from 'vitest';
import { metrics } from '../../core/kernel/metrics.ts';
import { AlarmGroup } from '../../lib/platform/alarm-group.ts';
import { PagingAlarm, type Severity } from '../../lib/platform/paging-alarm.ts';
import { planeMetric } from '../../lib/platform/plane-metric.ts';
import { findResource, groundedStack, printed, resourcesOf, templateOf } from '../support/plane.ts';

const raise = (scope: Construct, id: string, severity: Severity) =>
  new PagingAlarm(scope, id, {
    symptom: `${id} is on fire.`,
    runbook: 'intake#nobody-sweeps',
    severity,
    metric: new Metric({ namespace: 'x', metricName: id }),
    threshold: 1,
  });

const grouped = (alarms: Record<string, Severity>) => {
  const { app, stack } = groundedStack();
  const cause = new Construct(stack, 'Cause');
  for (const [id, severity] of Object.entries(alarms)) raise(cause, id, severity);
  const group = () =>
    new AlarmGroup(stack, 'Group', {
      of: [cause],
      symptoms: { page: 'It all burns.', ticket: 'It smells.' },
      runbook: 'plane#intake-does-not-work',
    });
  group();
  return { stack, cause, template: () => templateOf(app, stack) };
};

test('alarms of one cause are told by their group, once, and by none of them', () => {
  const template = grouped({ First: 'page', Second: 'page' }).template();

  const [[, group] = ['', undefined], ...more] = resourcesOf(template, 'AWS::CloudWatch::CompositeAlarm');
  const silent = resourcesOf(template, 'AWS::CloudWatch::Alarm').map(
    ([, { Properties }]) => Properties.AlarmActions ?? Properties.OKActions,
  );

  expect(more).toEqual([]);
  expect(printed(group?.Properties.AlarmRule)).toMatch(
    /^\(ALARM\("<CauseFirst\w+\.Arn>"\) OR ALARM\("<CauseSecond\w+\.Arn>"\)\)$/,
  );
  expect(group?.Properties).toMatchObject({
    AlarmDescription: 'It all burns. Runbook: docs/runbooks/plane.md#intake-does-not-work',
    AlarmActions: [{ Ref: expect.stringContaining('Pages') }],
    OKActions: [{ Ref: expect.stringContaining('Pages') }],
  });
  expect(silent).toEqual([undefined, undefined]);
});

test('a page of the same cause holds back its ticket, so that nobody is asked twice', () => {
  const template = grouped({ Loud: 'page', Quiet: 'ticket' }).template();

  const [page] = findResource(template, 'AWS::CloudWatch::CompositeAlarm', 'GroupPage');
  const [, ticket] = findResource(template, 'AWS::CloudWatch::CompositeAlarm', 'GroupTicket');

  expect(printed(ticket.Properties.AlarmRule)).toMatch(/^\(?ALARM\("<CauseQuiet\w+\.Arn>"\)\)?$/);
  expect(ticket.Properties).toMatchObject({
    AlarmDescription: expect.stringContaining('It smells.'),
    AlarmActions: [{ Ref: expect.stringContaining('Tickets') }],
    ActionsSuppressor: { 'Fn::GetAtt': [page, 'Arn'] },
    ActionsSuppressorWaitPeriod: 120,
    ActionsSuppressorExtensionPeriod: 120,
  });
});

test('a single alarm speaks for itself', () => {
  const template = grouped({ Only: 'page' }).template();
  const [, only] = findResource(template, 'AWS::CloudWatch::Alarm', 'Only');

  expect(resourcesOf(template, 'AWS::CloudWatch::CompositeAlarm')).toEqual([]);
  expect(only.Properties.AlarmActions).toHaveLength(1);
});

test('an alarm in two groups ends the synthesis: one cause would be two pages', () => {
  const { stack, cause } = grouped({ First: 'page', Second: 'page' });

  const again = () =>
    new AlarmGroup(stack, 'Again', {
      of: [cause],
      symptoms: { page: '', ticket: '' },
      runbook: 'intake#nobody-sweeps',
    });

  expect(again).toThrow('stack/Cause/First is in a group; stack/Again is one too many');
});

test('an alarm counts over the minutes of the stage, or over its own', () => {
  const { app, stack } = groundedStack();
  const metric = planeMetric(stack, metrics.factLag, { statistic: 'Maximum', period: Duration.hours(1) });
  const common = { symptom: 'x.', runbook: 'intake#nobody-sweeps', severity: 'page', metric, threshold: 1 } as const;
  new PagingAlarm(stack, 'Stage', common);
  new PagingAlarm(stack, 'Own', { ...common, ownPeriod: true, silenceTells: true });

  const properties = (id: string) => findResource(templateOf(app, stack), 'AWS::CloudWatch::Alarm', id)[1].Properties;

  expect(properties('Stage')).toMatchObject({ Period: 300, TreatMissingData: 'notBreaching' });
  expect(properties('Own')).toMatchObject({
    Period: 3600,
    TreatMissingData: 'missing',
    InsufficientDataActions: [{ Ref: expect.stringContaining('Pages') }],
  });
});

test('a metric is read by one of the values that it is counted by; anything else would show nothing for ever', () => {
  const { stack } = groundedStack();
  const read = (by: Record<string, string>) => () => planeMetric(stack, metrics.holdsPlaced, { statistic: 'Sum', by });

  expect(read({ Signal: 'drift' })().dimensions).toEqual({ Stage: 'test', Signal: 'drift' });
  expect(read({})).toThrow('HoldsPlaced is counted by one of Severity, Signal; found none');
  expect(read({ Signal: 'drift', Severity: 'page' })).toThrow('found Signal, Severity');
  expect(() => planeMetric(stack, metrics.factLag, { statistic: 'Sum' })).not.toThrow();
});
