import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { inject } from 'vitest';
import { clientOptions } from '../../local/emulator.ts';
import type { LocalAws } from '../../local/local-aws.ts';

export type Running = Pick<LocalAws, 'endpoint' | 'env' | 'outputs' | 'folder'>;

type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };

/** One client per service, all of the same caller; without credentials the caller is the account's owner. */
export const clientsOf = (aws: Pick<LocalAws, 'endpoint' | 'env'>, credentials?: Credentials) => {
  const options = { ...clientOptions(aws), ...(credentials === undefined ? {} : { credentials }) };
  return {
    ddb: new DynamoDBClient(options),
    eventbridge: new EventBridgeClient(options),
    kms: new KMSClient(options),
    lambda: new LambdaClient({ ...options, maxAttempts: 1 }),
    s3: new S3Client(options),
    sfn: new SFNClient({ ...options, disableHostPrefix: true }),
    sns: new SNSClient(options),
    sqs: new SQSClient(options),
    ssm: new SSMClient(options),
    sts: new STSClient(options),
  };
};

export type Clients = ReturnType<typeof clientsOf>;

/** The deployed plane that this test run shares: `plain`, or `iam` where every caller and Lambda acts as its own role. */
export const sharedLocalAws = async (kind: 'plain' | 'iam' = 'plain'): Promise<Running & Clients> => {
  const answer = await fetch(`${inject('localAwsBroker')}/${kind}`);
  if (!answer.ok) throw new Error(await answer.text());
  const running = (await answer.json()) as Running;
  return { ...running, ...clientsOf(running) };
};

/** Other work on the machine may slow a plane down by far; what never comes shows itself late. */
const PATIENCE = 240_000;

type Patience = { within?: number; every?: number };

/** Looks again and again until something is there; says what it waited for when it never comes. */
export const eventually = async <T>(
  what: string,
  look: () => Promise<T | undefined>,
  { within = PATIENCE, every = 200 }: Patience = {},
): Promise<T> => {
  const deadline = Date.now() + within;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`Not within ${within} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
};
