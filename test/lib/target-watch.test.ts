import { expect, test } from 'vitest';
import { ApiCall } from '../../core/kernel/api-call.ts';
import { TARGET_CALLS } from '../../core/rollout/contract.ts';
import { changeOf } from '../../core/rollout/target-change.ts';
import { OBJECT_CALLS } from '../../core/security/contract.ts';
import { aliasUpdated, apiCall } from '../support/api-calls.ts';
import { findResource, planeTemplate, printed } from '../support/plane.ts';

const template = planeTemplate();
const [, { Properties: rule }] = findResource(template, 'AWS::Events::Rule', 'TargetWatch');

/** As far as this one pattern goes: lists of values, one of which may be that there is none. */
type Way = { eventName: string[]; errorCode: (string | { exists: false })[] };
type Pattern = { source: string[]; 'detail-type': string[]; detail: { $or: [Way, Way] } };
const pattern = rule.EventPattern as Pattern;
const [changes, refusals] = pattern.detail.$or;
type Event = { source: string; 'detail-type': string; detail: { eventName: string; errorCode?: string } };
const matches = ({ source, 'detail-type': type, detail }: Event) =>
  pattern.source.includes(source) &&
  pattern['detail-type'].includes(type) &&
  pattern.detail.$or.some(
    ({ eventName, errorCode }) =>
      eventName.includes(detail.eventName) &&
      errorCode.some((code) => (typeof code === 'string' ? code === detail.errorCode : detail.errorCode === undefined)),
  );

test('the rule listens on the default bus, where AWS alone can speak for itself', () => {
  expect(rule.EventBusName).toBeUndefined();
  expect(pattern.source.every((source) => source.startsWith('aws.'))).toBe(true);
  expect(pattern['detail-type']).toEqual(['AWS API Call via CloudTrail']);
  expect(changes.errorCode).toEqual([{ exists: false }]);
});

test('it lets through what the function understands, and nothing that was refused or only looked', () => {
  const update = aliasUpdated({ functionName: 'fraud', version: '2' });
  const refused = aliasUpdated({ functionName: 'fraud', version: '2' }, { errorCode: 'AccessDenied' });
  const looked = apiCall({ service: 'lambda', name: 'GetAlias20150331', asked: {} });

  expect([update, refused, looked].map(matches)).toEqual([true, false, false]);
  expect(changeOf(ApiCall.parse(update))).toBeDefined();
  expect([changes, refusals].map(({ eventName }) => eventName)).toEqual([[...TARGET_CALLS], [...OBJECT_CALLS]]);
});

test('of reads and writes of objects it lets through what was refused, in the bucket of models', () => {
  const read = { service: 's3', name: 'GetObject', asked: {} };
  const others = { service: 's3', name: 'ListBuckets', asked: {}, errorCode: 'AccessDenied' };
  const found = [apiCall(read), apiCall({ ...read, errorCode: 'AccessDenied' }), apiCall(others)].map(matches);

  expect(found).toEqual([false, true, false]);
  expect(
    printed((refusals as Way & { requestParameters: { bucketName: unknown[] } }).requestParameters.bucketName[0]),
  ).toMatch(/^<PlaneModelsBucket\w+>$/);
});

test('what cannot be delivered, and what fails each time, waits in one queue that pages', () => {
  const [queue] = findResource(template, 'AWS::SQS::Queue', 'TargetWatch');
  const [, { Properties: asynchronous }] = findResource(template, 'AWS::Lambda::EventInvokeConfig', 'TargetWatch');
  const [, { Properties: alarm }] = findResource(template, 'AWS::CloudWatch::Alarm', 'TargetWatch');
  const [target] = rule.Targets as { DeadLetterConfig: { Arn: unknown } }[];

  expect(printed(target?.DeadLetterConfig.Arn)).toBe(`<${queue}.Arn>`);
  expect(
    printed((asynchronous.DestinationConfig as { OnFailure: { Destination: unknown } }).OnFailure.Destination),
  ).toBe(`<${queue}.Arn>`);
  expect(alarm.AlarmActions).toHaveLength(1);
  expect(printed((alarm.AlarmActions as unknown[])[0])).toContain('Pages');
});
