import { expect, test } from 'vitest';
import { ApiCall } from '../../core/kernel/api-call.ts';
import type { Fact } from '../../core/kernel/fact.ts';
import { AccessRefused } from '../../core/security/contract.ts';
import { judgeAccess } from '../../core/security/judge-access.ts';
import { apiCall, type Called } from '../support/api-calls.ts';

const plane = () => {
  const facts = new Map<string, Fact>();
  const put = async (fact: Fact) => void facts.set(fact.id, facts.get(fact.id) ?? fact);
  const clock = { now: () => new Date('2026-11-23T11:00:00Z') };
  return { judge: judgeAccess({ outbox: { put }, clock, modelBucket: 'models' }), facts };
};

const key = 'models/iris/1.0.0/model.onnx';
const refused = (more: Partial<Called> = {}, asked: object = {}) =>
  ApiCall.parse(
    apiCall({
      service: 's3',
      name: 'GetObject',
      errorCode: 'AccessDenied',
      asked: { bucketName: 'models', key, ...asked },
      ...more,
    }),
  );

test('somebody who was refused a model is told of, with what they wanted', async () => {
  const { judge, facts } = plane();

  expect(await judge(refused())).toBe('told');

  const [fact] = facts.values();
  expect(AccessRefused.parse(fact?.detail)).toMatchObject({
    model: 'iris',
    version: '1.0.0',
    key,
    call: { name: 'GetObject', by: 'arn:aws:iam::111122223333:user/mallory' },
  });
});

test('a server that tries again all day is told of once, and on the next day again', async () => {
  const { judge, facts } = plane();
  const at = (time: string) => refused({ at: time }, { key: `models/iris/1.0.0/${time}` });

  for (const time of ['2026-11-23T00:00:00Z', '2026-11-23T12:00:00Z', '2026-11-23T23:59:59Z', '2026-11-24T00:00:00Z'])
    await judge(at(time));

  expect(facts.size).toBe(2);
});

test('another caller, another call and another version are each told of', async () => {
  const { judge, facts } = plane();
  const eva = { arn: 'arn:aws:iam::111122223333:user/eva' };
  const others = [
    { by: eva },
    { name: 'PutObjectTagging' },
    { asked: { bucketName: 'models', key: 'models/iris/2/x' } },
  ];

  for (const more of [{}, ...others]) await judge(refused(more));

  expect(facts.size).toBe(4);
});

test.each<[string, ApiCall]>([
  ['in another bucket', refused({}, { bucketName: 'other' })],
  ['of an answer', refused({}, { key: 'answers/iris/1.0.0/a.json' })],
  ['without a key', refused({}, { key: undefined })],
  ['of a key that is none', refused({}, { key: ['models/iris/1.0.0/x'] })],
  ['that was let through', { ...refused(), refused: undefined } as never],
  ['that failed for another reason', refused({ errorCode: 'NoSuchKey' })],
  ['that is of another service', refused({ service: 'kms' })],
])('a call %s is passed over', async (_, call) => {
  const { judge, facts } = plane();

  expect(await judge(call)).toBe('passed-over');
  expect(facts.size).toBe(0);
});

test('a key of any length keeps the fact within what a table and a bus take', async () => {
  const { judge, facts } = plane();

  await judge(refused({}, { key: `models/iris/1.0.0/${'x'.repeat(500_000)}` }));

  const [fact] = facts.values();
  expect(JSON.stringify(fact).length).toBeLessThan(4096);
});
