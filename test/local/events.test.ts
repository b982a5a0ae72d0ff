import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutEventsCommand, PutRuleCommand, PutTargetsCommand, type Target } from '@aws-sdk/client-eventbridge';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { eventually } from '../support/local.ts';
import {
  deploy,
  functionArn,
  functionOf,
  logged,
  makeQueue,
  nextMessage,
  type Probed,
  patience,
  pause,
  probe,
  queueArn,
  roleArn,
  startProbed,
} from '../support/probe.ts';

const route = async (aws: Probed, source: string, target: Omit<Target, 'Id'>): Promise<void> => {
  await aws.eventbridge.send(new PutRuleCommand({ Name: source, EventPattern: JSON.stringify({ source: [source] }) }));
  await aws.eventbridge.send(new PutTargetsCommand({ Rule: source, Targets: [{ Id: 'only', ...target } as Target] }));
};

const publish = (aws: Probed, Source: string, Detail = '{"n":1}') =>
  aws.eventbridge.send(new PutEventsCommand({ Entries: [{ Source, DetailType: 'probe', Detail }] }));

const schedule = (name: string, expression: string, more: object = {}) => ({
  Type: 'AWS::Scheduler::Schedule',
  Properties: {
    Name: name,
    ScheduleExpression: expression,
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn: queueArn(name), RoleArn: roleArn, Input: '{}', ...more },
  },
});

const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString().slice(0, 19);

probe(
  'events_undelivered_go_to_the_dead_letter_queue',
  'an event for a target that is gone waits in the dead-letter queue, with the reason',
  async (aws) => {
    const queue = await makeQueue(aws, 'undelivered');
    const DeadLetterConfig = { Arn: queueArn('undelivered') };
    await route(aws, 'undelivered', { Arn: functionArn('gone'), DeadLetterConfig });

    await publish(aws, 'undelivered');
    const message = await nextMessage(aws, queue, 1500);

    expect(JSON.parse(message.Body ?? '')).toMatchObject({ source: 'undelivered', detail: { n: 1 } });
    expect(message.MessageAttributes?.ERROR_CODE?.StringValue).toBe('RESOURCE_NOT_FOUND');
  },
);

probe(
  'events_invoke_functions_asynchronously',
  'a failed function is invoked again for the same event',
  async (aws) => {
    const failing = "(() => { let n = 0; return async () => { console.log('TRY', ++n); throw new Error('no'); }; })()";
    await deploy(aws, 'retried', { F: functionOf('retried', failing) });
    await route(aws, 'retried', { Arn: functionArn('retried') });

    await publish(aws, 'retried');

    await eventually(
      'a second attempt',
      async () => ((await logged(aws, 'retried', 'TRY')).length > 1 ? true : undefined),
      patience(aws, 3000),
    );
  },
);

probe(
  'events_refuse_a_malformed_detail',
  'a Detail that is no JSON object is refused, the others are not',
  async (aws) => {
    const entry = (Detail: string) => ({ Source: 'malformed', DetailType: 'probe', Detail });

    const { FailedEntryCount, Entries } = await aws.eventbridge.send(
      new PutEventsCommand({ Entries: [entry('{}'), entry('no json'), entry('[]')] }),
    );

    expect(FailedEntryCount).toBe(2);
    expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([undefined, 'MalformedDetail', 'MalformedDetail']);
  },
);

probe('scheduler_fires_on_time', 'a schedule fires within a second or two of its time', async (aws) => {
  const queue = await makeQueue(aws, 'on-time');

  // Four seconds apart, so that of what looks every ten seconds one at least is six seconds late.
  const times = [2, 6, 10].map(inSeconds);
  const schedules = times.map((time, index) => [
    `S${index}`,
    { ...schedule(`on-time-${index}`, `at(${time})`, { Arn: queueArn('on-time'), Input: JSON.stringify({ time }) }) },
  ]);
  await deploy(aws, 'on-time', Object.fromEntries(schedules));

  for (const _ of times) {
    const { Body, Attributes } = await nextMessage(aws, queue, 15_000);
    const due = Date.parse(`${JSON.parse(Body ?? '').time}Z`);
    expect(Number(Attributes?.SentTimestamp) - due).toBeLessThan(5000);
  }
});

probe('scheduler_fills_in_context_attributes', 'the input of a schedule may name its scheduled time', async (aws) => {
  const queue = await makeQueue(aws, 'attributes');

  await deploy(aws, 'attributes', {
    S: schedule('attributes', `at(${inSeconds(1)})`, { Input: '{"at":"<aws.scheduler.scheduled-time>"}' }),
  });
  const message = await nextMessage(aws, queue, 15_000);

  expect(JSON.parse(message.Body ?? '').at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

/** A snapshot in which an hourly schedule was created long ago. */
const agedSnapshot = async (aws: Probed): Promise<string> => {
  await makeQueue(aws, 'hourly');
  await deploy(aws, 'hourly', { S: schedule('hourly', 'rate(1 hour)') });
  await aws.writeState();
  const snapshot = mkdtempSync(join(tmpdir(), 'snapshot-'));
  for (const part of ['state', 's3']) cpSync(join(aws.folder, part), join(snapshot, part), { recursive: true });
  writeFileSync(join(snapshot, 'port'), String(aws.port));
  const file = join(snapshot, 'state', 'scheduler.json');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/"CreationDate": [\d.]+/g, '"CreationDate": 1700000000'));
  return snapshot;
};

const fired = async (aws: Probed): Promise<true | undefined> => {
  const QueueUrl = `${aws.endpoint}/000000000000/hourly`;
  return (await aws.sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages && true;
};

test.concurrent('a schedule in an old snapshot does not fire at once; without scheduler_counts_from_the_restart it does', async () => {
  const before = await startProbed();
  const from = await agedSnapshot(before).finally(() => before.stop());
  const repaired = await startProbed({ from });
  const stock = await startProbed({ from, without: 'scheduler_counts_from_the_restart' });
  try {
    await eventually('the schedule fires', () => fired(stock));
    await pause(2500);

    expect(await fired(repaired)).toBeUndefined();
  } finally {
    await Promise.all([repaired.stop(), stock.stop()]);
    rmSync(from, { recursive: true });
  }
});
