import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateAliasCommand,
  InvokeCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { eventually } from '../support/local.ts';
import {
  deploy,
  functionArn,
  functionOf,
  logged,
  makeQueue,
  nextMessage,
  type Probed,
  pause,
  probe,
  queueArn,
} from '../support/probe.ts';

const invoke = async (aws: Probed, FunctionName: string) => {
  const { Payload, FunctionError } = await aws.lambda.send(new InvokeCommand({ FunctionName, Payload: '{}' }));
  return { failed: FunctionError !== undefined, body: JSON.parse(Buffer.from(Payload ?? []).toString()) };
};

probe(
  'lambda_reports_the_name_of_a_thrown_error',
  'a thrown error is reported by its name, and the process lives on',
  async (aws) => {
    const throwing = `(() => { let calls = 0; return async () => {
      throw Object.assign(new Error(String(++calls)), { name: 'Signing.KeyThrottled' }); }; })()`;
    await deploy(aws, 'throwing', { F: functionOf('throwing', throwing) });

    const answers = [];
    for (let calls = 0; calls < 6; calls++) answers.push(await invoke(aws, 'throwing'));

    const named = { failed: true, body: expect.objectContaining({ errorType: 'Signing.KeyThrottled' }) };
    expect(answers).toEqual(answers.map(() => named));
    // Any call may find its process retired to make room for others, but not every one of them.
    expect(answers.map(({ body }) => body.errorMessage)).toContain('2');
  },
);

probe('lambda_names_a_crashed_process', 'a process that exits is reported as Runtime.ExitError', async (aws) => {
  await deploy(aws, 'crashing', { F: functionOf('crashing', 'async () => process.exit(1)') });

  const { body } = await invoke(aws, 'crashing');

  expect(body.errorType).toBe('Runtime.ExitError');
});

probe('lambda_bounds_its_workers', 'a burst of 12 events runs in at most 8 processes', async (aws) => {
  const slow = 'async () => { await new Promise((done) => setTimeout(done, 400)); return process.pid; }';
  await deploy(aws, 'burst', { F: functionOf('burst', slow) });

  const answers = await Promise.all(Array.from({ length: 12 }, () => invoke(aws, 'burst')));

  expect(answers.filter(({ failed }) => failed)).toEqual([]);
  expect(new Set(answers.map(({ body }) => body)).size).toBeLessThanOrEqual(8);
});

probe('lambda_limits_memory', 'the heap of a function is bounded by its MemorySize', async (aws) => {
  const heap = "async () => require('node:v8').getHeapStatistics().heap_size_limit / 2 ** 20";
  await deploy(aws, 'heap', { F: functionOf('heap', heap, { MemorySize: 256 }) });

  const { body } = await invoke(aws, 'heap');

  expect(body).toBeLessThan(256 * 2);
});

probe(
  'lambda_retries_stream_batches_as_configured',
  'a stream resumes at the record that failed, gives it up after its retries, and moves on',
  async (aws) => {
    const failing = `async ({ Records }) => {
      for (const { dynamodb: { Keys, SequenceNumber } } of Records) {
        console.log('SEEN', Keys.pk.S);
        if (Keys.pk.S === 'bad') return { batchItemFailures: [{ itemIdentifier: SequenceNumber }] };
      }
      return { batchItemFailures: [] };
    }`;
    const queue = await makeQueue(aws, 'given-up');
    await deploy(aws, 'stream', {
      F: functionOf('stream', failing),
      T: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          TableName: 'stream',
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
        },
      },
      M: {
        Type: 'AWS::Lambda::EventSourceMapping',
        DependsOn: 'F',
        Properties: {
          EventSourceArn: { 'Fn::GetAtt': ['T', 'StreamArn'] },
          FunctionName: 'stream',
          StartingPosition: 'TRIM_HORIZON',
          BatchSize: 10,
          MaximumRetryAttempts: 1,
          BisectBatchOnFunctionError: true,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          DestinationConfig: { OnFailure: { Destination: queueArn('given-up') } },
        },
      },
    });

    const TransactItems = ['good', 'bad', 'after'].map((pk) => ({
      Put: { TableName: 'stream', Item: { pk: { S: pk } } },
    }));
    await aws.ddb.send(new TransactWriteItemsCommand({ TransactItems }));
    const givenUp = await nextMessage(aws, queue, 8000);
    const lines = await eventually('the record after it is seen', async () => {
      const seen = await logged(aws, 'stream', 'SEEN');
      return seen.some((line) => line.includes('after')) ? seen : undefined;
    });

    expect(JSON.parse(givenUp.Body ?? '')).toMatchObject({ DDBStreamBatchInfo: { batchSize: 1 } });
    expect(lines.filter((line) => line.includes('good'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('bad')).length).toBeGreaterThan(1);
  },
);

probe('lambda_gathers_queue_messages', 'messages within the batching window are one invocation', async (aws) => {
  const QueueUrl = await makeQueue(aws, 'gathered');
  await deploy(aws, 'gathered', {
    F: functionOf('gathered', "async ({ Records }) => console.log('COUNT', Records.length)"),
    M: {
      Type: 'AWS::Lambda::EventSourceMapping',
      DependsOn: 'F',
      Properties: {
        EventSourceArn: queueArn('gathered'),
        FunctionName: functionArn('gathered'),
        BatchSize: 3,
        MaximumBatchingWindowInSeconds: 60,
      },
    },
  });

  const send = (...bodies: readonly string[]) => {
    const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    return aws.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  };
  await send('1');
  await pause(1_500);
  await send('2', '3');
  const lines = await eventually('the function is invoked', async () => {
    const counted = await logged(aws, 'gathered', 'COUNT');
    return counted.length > 0 ? counted : undefined;
  });

  expect(lines).toEqual([expect.stringContaining('COUNT 3')]);
});

/** A function with two published versions behind the alias `live`, which points at the first. */
const twoVersions = async (aws: Probed, FunctionName: string) => {
  await deploy(aws, FunctionName, { F: functionOf(FunctionName, 'async () => process.env.SERVES') });
  for (const SERVES of ['1', '2']) {
    const Environment = { Variables: { SERVES } };
    await aws.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment }));
    await aws.lambda.send(new PublishVersionCommand({ FunctionName }));
  }
  return aws.lambda.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
};

probe(
  'lambda_splits_the_calls_of_an_alias',
  'an alias sends a share of its calls to its second version, and says which one ran',
  async (aws) => {
    const { RevisionId } = await twoVersions(aws, 'split');
    const alias = { FunctionName: 'split', Name: 'live' };
    const RoutingConfig = { AdditionalVersionWeights: { '2': 0.5 } };
    await aws.lambda.send(new UpdateAliasCommand({ ...alias, RoutingConfig, RevisionId }));

    const late = aws.lambda.send(new UpdateAliasCommand({ ...alias, FunctionVersion: '2', RevisionId }));
    await expect(late).rejects.toThrow('RevisionId');
    const calls = Array.from({ length: 60 }, async () => {
      const call = new InvokeCommand({ FunctionName: 'split', Qualifier: 'live', Payload: '{}' });
      const { Payload, ExecutedVersion } = await aws.lambda.send(call);
      return { ran: JSON.parse(Buffer.from(Payload ?? []).toString()), ExecutedVersion };
    });
    const answers = await Promise.all(calls);

    const second = answers.filter(({ ran }) => ran === '2');
    expect(answers.filter(({ ran, ExecutedVersion }) => ran !== ExecutedVersion)).toEqual([]);
    expect(second.length).toBeGreaterThan(10);
    expect(second.length).toBeLessThan(50);
  },
);
