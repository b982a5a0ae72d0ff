import { CfnParameter, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { expect, test } from 'vitest';
import { PagingAlarm } from '../../lib/platform/paging-alarm.ts';
import { allow } from '../../lib/platform/permissions.ts';
import { anchorsOf, type RunbookLink } from '../../lib/platform/runbook.ts';
import { substitute } from '../../lib/platform/workflow.ts';
import { findResource, groundedStack, printed, templateOf, unbundledApp } from '../support/plane.ts';

test('a placeholder without a value and a value without a placeholder both end the synthesis, named', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of an ASL file
  const definition = '{"A":"${FirstArn}","B":"arn:${SecondArn}:x"}';

  expect(substitute('w', definition, { FirstArn: '1', SecondArn: '2' })).toEqual({ A: '1', B: 'arn:2:x' });
  expect(() => substitute('w', definition, { FirstArn: '1' })).toThrow('Workflow w: no value for SecondArn');
  expect(() => substitute('w', definition, { FirstArn: '1', SecondArn: '2', Third: '3' })).toThrow(
    'Workflow w: no placeholder for Third',
  );
});

const alarm = (runbook: RunbookLink) => {
  const { app, stack } = groundedStack();
  new PagingAlarm(stack, 'Planted', {
    symptom: 'Something is on fire.',
    runbook,
    severity: 'ticket',
    metric: new Metric({ namespace: 'x', metricName: 'y' }),
    threshold: 1,
  });
  return findResource(templateOf(app, stack), 'AWS::CloudWatch::Alarm', 'Planted')[1].Properties;
};

test('an alarm says the symptom and the page to read, and tells when it is over', () => {
  const properties = alarm('intake#nobody-sweeps');

  expect(properties.AlarmDescription).toBe('Something is on fire. Runbook: docs/runbooks/intake.md#nobody-sweeps');
  expect(properties.OKActions).toEqual(properties.AlarmActions);
  expect(printed((properties.AlarmActions as unknown[])[0])).toContain('Tickets');
});

test.each([
  ['intake#no-such-heading', 'docs/runbooks/intake.md has no such heading; it has workflows-fail'],
  ['nothing#workflows-fail', 'there is no docs/runbooks/nothing.md'],
] as const)('an alarm with the runbook %s does not synthesise', (runbook, sentence) => {
  expect(() => alarm(runbook)).toThrow(sentence);
});

test('headings become anchors as on GitHub', () => {
  const anchors = anchorsOf('# Title\n\n## A version was set aside\n\n### Deeper\n\n## It’s “late”, again (EU-1)\n');

  expect(anchors).toEqual(['a-version-was-set-aside', 'its-late-again-eu-1']);
});

test('a wildcard in a permission needs a reason, also when it hides in a value that only deployment knows', () => {
  const stack = new Stack(unbundledApp(), 'stack');
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const name = new CfnParameter(stack, 'Name').valueAsString;

  expect(() => allow(role, { actions: ['s3:GetObject'], resources: [`${name}/*`] })).toThrow('<Name>/* needs a reason');
  expect(() => allow(role, { actions: ['s3:GetObject'], resources: [`${name}/x`] })).not.toThrow();
});
