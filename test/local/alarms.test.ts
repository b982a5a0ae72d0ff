import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { expect } from 'vitest';
import { eventually } from '../support/local.ts';
import {
  call,
  deploy,
  functionArn,
  functionOf,
  makeQueue,
  nextMessage,
  type Probed,
  patience,
  pause,
  probe,
  queueArn,
  runMachine,
} from '../support/probe.ts';

const cloudwatch = <T>(aws: Probed, action: string, body: object): Promise<T> =>
  call<T>(aws, 'monitoring', `GraniteServiceVersion20100801.${action}`, body);

const alarm = (name: string, more: object = {}) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmName: name,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 5,
    EvaluationPeriods: 1,
    TreatMissingData: 'notBreaching',
    ...more,
  },
});

const oneMetric = (name: string) => ({
  Namespace: 'Probe',
  MetricName: name,
  Dimensions: [{ Name: 'Model', Value: 'a' }],
  Statistic: 'Maximum',
  Period: 60,
});

const put = (aws: Probed, MetricName: string, model: string) => {
  const Dimensions = [{ Name: 'Model', Value: model }];
  return cloudwatch(aws, 'PutMetricData', { Namespace: 'Probe', MetricData: [{ MetricName, Value: 100, Dimensions }] });
};

type Alarms = { MetricAlarms?: { StateValue: string }[]; CompositeAlarms?: { StateValue: string }[] };

const stateOf = async (aws: Probed, name: string): Promise<string | undefined> => {
  const AlarmTypes = ['MetricAlarm', 'CompositeAlarm'];
  const found = await cloudwatch<Alarms>(aws, 'DescribeAlarms', { AlarmNames: [name], AlarmTypes });
  return (found.MetricAlarms?.[0] ?? found.CompositeAlarms?.[0])?.StateValue;
};

const untilState = (aws: Probed, name: string, wanted: string) =>
  eventually(
    `${name} is ${wanted}`,
    async () => ((await stateOf(aws, name)) === wanted ? true : undefined),
    patience(aws, 4000),
  );

type Statistics = { Datapoints: { Sum: number }[] };

const sum = async (aws: Probed, metric: object): Promise<number> => {
  const { Datapoints } = await cloudwatch<Statistics>(aws, 'GetMetricStatistics', {
    StartTime: Date.now() / 1000 - 600,
    EndTime: Date.now() / 1000 + 600,
    Period: 3600,
    Statistics: ['Sum'],
    ...metric,
  });
  return Datapoints.reduce((total, { Sum }) => total + Sum, 0);
};

probe('alarms_are_evaluated_as_configured', 'an alarm looks at its own dimensions only', async (aws) => {
  await deploy(aws, 'dimensions', { A: alarm('dimensions', oneMetric('dimensions')) });

  await put(aws, 'dimensions', 'b');
  await pause(2500);
  const afterAnother = await stateOf(aws, 'dimensions');
  await put(aws, 'dimensions', 'a');

  expect(afterAnother).toBe('OK');
  await untilState(aws, 'dimensions', 'ALARM');
});

probe('alarms_tell_eventbridge_and_functions', 'an alarm that changes is an event', async (aws) => {
  const queue = await makeQueue(aws, 'told');
  const EventPattern = JSON.stringify({ source: ['aws.cloudwatch'], detail: { alarmName: ['told'] } });
  await aws.eventbridge.send(new PutRuleCommand({ Name: 'told', EventPattern }));
  await aws.eventbridge.send(new PutTargetsCommand({ Rule: 'told', Targets: [{ Id: 'only', Arn: queueArn('told') }] }));
  await deploy(aws, 'told', { A: alarm('told', oneMetric('told')) });

  await cloudwatch(aws, 'SetAlarmState', { AlarmName: 'told', StateValue: 'ALARM', StateReason: 'probe' });
  const told = await eventually('the alarm is told', async () => {
    const event = JSON.parse((await nextMessage(aws, queue, 2000)).Body ?? '');
    return event.detail.state.value === 'ALARM' ? event : undefined;
  });

  expect(told['detail-type']).toBe('CloudWatch Alarm State Change');
});

probe('alarms_over_several_metrics_can_be_created', 'a template may hold an alarm over an expression', async (aws) => {
  const query = (Id: string) => ({
    Id,
    ReturnData: false,
    MetricStat: { Metric: { Namespace: 'Probe', MetricName: Id }, Period: 60, Stat: 'Sum' },
  });

  await deploy(aws, 'ratio', {
    A: alarm('ratio', { Metrics: [query('errors'), query('calls'), { Id: 'ratio', Expression: 'errors / calls' }] }),
  });

  expect(await stateOf(aws, 'ratio')).toBe('INSUFFICIENT_DATA');
});

probe('stacks_create_composite_alarms', 'a composite alarm follows its children', async (aws) => {
  await deploy(aws, 'composite', {
    Child: alarm('child', oneMetric('child')),
    Parent: {
      Type: 'AWS::CloudWatch::CompositeAlarm',
      DependsOn: 'Child',
      Properties: { AlarmName: 'parent', AlarmRule: 'ALARM("child")' },
    },
  });

  await cloudwatch(aws, 'SetAlarmState', { AlarmName: 'child', StateValue: 'ALARM', StateReason: 'probe' });

  await untilState(aws, 'parent', 'ALARM');
});

probe('step_functions_publish_their_metrics', 'a failed execution is counted for its machine', async (aws) => {
  const States = { No: { Type: 'Fail', Error: 'No' } };

  const { stateMachineArn } = await runMachine(aws, 'counted', { StartAt: 'No', States });

  const Dimensions = [{ Name: 'StateMachineArn', Value: stateMachineArn }];
  expect(await sum(aws, { Namespace: 'AWS/States', MetricName: 'ExecutionsFailed', Dimensions })).toBe(1);
});

probe('functions_publish_their_metrics', 'an error of a function that a workflow calls is counted', async (aws) => {
  await deploy(aws, 'failing', { F: functionOf('failing', 'async () => { throw new Error("no") }') });
  const Call = { Type: 'Task', Resource: functionArn('failing'), End: true };

  await runMachine(aws, 'failing', { StartAt: 'Call', States: { Call } });

  const Dimensions = [{ Name: 'FunctionName', Value: 'failing' }];
  expect(await sum(aws, { Namespace: 'AWS/Lambda', MetricName: 'Errors', Dimensions })).toBe(1);
  expect(await sum(aws, { Namespace: 'AWS/Lambda', MetricName: 'Invocations', Dimensions })).toBe(1);
});

probe('logs_turn_embedded_metrics_into_metrics', 'a line in the embedded metric format is a metric', async (aws) => {
  const line = {
    _aws: { CloudWatchMetrics: [{ Namespace: 'Embedded', Dimensions: [['Model']], Metrics: [{ Name: 'Signed' }] }] },
    Model: 'a',
    Signed: 3,
  };
  const body = `async () => console.log(JSON.stringify(${JSON.stringify(line)}))`;
  await deploy(aws, 'embedded', { F: functionOf('embedded', body) });

  await aws.lambda.send(new InvokeCommand({ FunctionName: 'embedded' }));

  const Dimensions = [{ Name: 'Model', Value: 'a' }];
  expect(await sum(aws, { Namespace: 'Embedded', MetricName: 'Signed', Dimensions })).toBe(3);
});
