import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CreateStateMachineCommand, DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, expect, test } from 'vitest';
import { clientOptions, type Emulator, startEmulator } from '../../local/emulator.ts';
import { ensurePython } from '../../local/python.ts';
import { type Clients, clientsOf, eventually } from './local.ts';

export type Probed = Emulator & Clients & { without?: string };
export type Check = (aws: Probed) => Promise<void>;
type ProbeOptions = { iam?: boolean };

const ACCOUNT = '000000000000';
export const queueArn = (name: string): string => `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`;
export const functionArn = (name: string): string => `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`;
export const roleArn = `arn:aws:iam::${ACCOUNT}:role/anyone`;

export const startProbed = async (
  options: { iam?: boolean; without?: string; from?: string } = {},
): Promise<Probed> => {
  const python = await ensurePython(() => {});
  const emulator = await startEmulator({ python, iam: options.iam ?? false, ...options });
  return { ...emulator, ...clientsOf(emulator), ...(options.without !== undefined && { without: options.without }) };
};

const repaired = new Map<boolean, Promise<Probed>>();
const repairedOnce = (iam: boolean): Promise<Probed> => {
  const running = repaired.get(iam) ?? startProbed({ iam });
  repaired.set(iam, running);
  return running;
};
afterAll(async () => {
  for (const running of repaired.values()) await (await running).stop();
});

/** A behaviour of AWS that the emulator shows with one repair, and does not show without it. */
export const probe = (repair: string, behaviour: string, check: Check, { iam = false }: ProbeOptions = {}): void => {
  test.concurrent(behaviour, async () => {
    await check(await repairedOnce(iam));
  });

  test.concurrent(`without the repair ${repair}, it is not so that ${behaviour}`, async () => {
    const aws = await startProbed({ iam, without: repair });
    try {
      await expect(check(aws)).rejects.toThrow();
    } finally {
      await aws.stop();
    }
  });
};

/** An action of a service whose SDK client is not among our packages. */
export const call = async <T>(
  aws: Pick<Probed, 'endpoint'>,
  service: string,
  target: string,
  body: object,
): Promise<T> => {
  const credential = `${ACCOUNT}/20260101/us-east-1/${service}/aws4_request`;
  const response = await fetch(aws.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': target,
      authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
};

type Resources = Record<string, { Type: string; Properties?: object; DependsOn?: string | string[] }>;

/** Deploys a template and gives back its outputs. */
export const deploy = async (
  aws: Probed,
  name: string,
  Resources: Resources,
  outputs: Record<string, unknown> = {},
) => {
  const cloudformation = new CloudFormationClient(clientOptions(aws));
  const Outputs = Object.fromEntries(Object.entries(outputs).map(([key, Value]) => [key, { Value }]));
  const TemplateBody = JSON.stringify({ Resources, ...(Object.keys(Outputs).length > 0 ? { Outputs } : {}) });
  await cloudformation.send(
    new CreateStackCommand({ StackName: name, TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM'] }),
  );
  const stack = await eventually(`stack ${name} is created`, async () => {
    const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: name }));
    return Stacks?.find(({ StackStatus }) => !StackStatus?.endsWith('_IN_PROGRESS'));
  });
  if (stack.StackStatus !== 'CREATE_COMPLETE')
    throw new Error(`${name}: ${stack.StackStatus} ${stack.StackStatusReason}`);
  return Object.fromEntries(
    (stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']),
  );
};

/** A Lambda function from a line of source. */
export const functionOf = (name: string, body: string, properties: object = {}): Resources[string] => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: name,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Role: roleArn,
    Timeout: 10,
    Code: { ZipFile: `exports.handler = ${body}` },
    ...properties,
  },
});

export const makeQueue = async (aws: Probed, name: string): Promise<string> => {
  const { QueueUrl } = await aws.sqs.send(new CreateQueueCommand({ QueueName: name }));
  return QueueUrl ?? '';
};

/** What comes on AWS is waited for as long as a busy machine may take; where a repair was left out, briefly. */
export const patience = ({ without }: Probed, brief: number): { within?: number } =>
  without === undefined ? {} : { within: brief };

/** The next message of a queue, if one comes soon enough. */
export const nextMessage = (aws: Probed, QueueUrl: string, brief = 3000) =>
  eventually(
    `a message in ${QueueUrl}`,
    async () => {
      const everything = { MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All' as const] };
      const { Messages } = await aws.sqs.send(new ReceiveMessageCommand({ QueueUrl, ...everything }));
      return Messages?.[0];
    },
    patience(aws, brief),
  );

/** The lines that a function logged and that hold a word. */
export const logged = async (aws: Probed, functionName: string, word: string): Promise<string[]> => {
  const found = await call<{ events: { message: string }[] }>(aws, 'logs', 'Logs_20140328.FilterLogEvents', {
    logGroupName: `/aws/lambda/${functionName}`,
  }).catch(() => ({ events: [] }));
  return found.events.map(({ message }) => message).filter((message) => message.includes(word));
};

export const startMachine = async (
  aws: Probed,
  name: string,
  definition: object,
  input: object = {},
): Promise<string> => {
  const machine = await aws.sfn.send(
    new CreateStateMachineCommand({
      name,
      roleArn,
      definition: JSON.stringify({ QueryLanguage: 'JSONata', ...definition }),
    }),
  );
  const { executionArn } = await aws.sfn.send(
    new StartExecutionCommand({ stateMachineArn: machine.stateMachineArn, input: JSON.stringify(input) }),
  );
  return executionArn ?? '';
};

export const untilOver = (aws: Probed, executionArn: string, brief = 5000) =>
  eventually(
    `${executionArn} is over`,
    async () => {
      const execution = await aws.sfn.send(new DescribeExecutionCommand({ executionArn }));
      return execution.status === 'RUNNING' ? undefined : execution;
    },
    patience(aws, brief),
  );

export const runMachine = async (aws: Probed, name: string, definition: object, input: object = {}, brief?: number) =>
  untilOver(aws, await startMachine(aws, name, definition, input), brief);

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
