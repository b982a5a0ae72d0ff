import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, expect, test } from 'vitest';
import { type LocalAws, type LocalAwsOptions, startLocalAws } from '../../local/local-aws.ts';
import { root, workshop } from '../../local/paths.ts';
import { clientsOf, eventually } from '../support/local.ts';
import { descendantsOf, stillRunning } from '../support/processes.ts';
import { fixtureApp } from './fixture/fixture-app.ts';

const running: LocalAws[] = [];
afterEach(() => Promise.all(running.splice(0).map((aws) => aws.stop())));

const start = async (options: Partial<LocalAwsOptions> = {}): Promise<LocalAws> => {
  const aws = await startLocalAws({ stage: { colour: 'blue' }, app: fixtureApp, ...options });
  running.push(aws);
  return aws;
};

const echo = async (aws: LocalAws): Promise<{ queue: string; stage: string }> => {
  const { Payload } = await clientsOf(aws).lambda.send(new InvokeCommand({ FunctionName: aws.outputs.EchoName }));
  return JSON.parse(Buffer.from(Payload ?? []).toString());
};

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

test('a second start comes from the snapshot, on another port, with everything that names the port rewritten', async () => {
  const first = await start();
  const told: string[] = [];
  const second = await start({ onProgress: (line) => told.push(line) });

  const { queue } = await echo(second);
  const sent = await clientsOf(second).sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: 'hello' }));

  expect(told).toEqual([expect.stringContaining('restored from its snapshot')]);
  expect(second.endpoint).not.toBe(first.endpoint);
  expect(new URL(queue).port).toBe(new URL(second.endpoint).port);
  expect(sent.MessageId).toBeDefined();
  expect(second.outputs).toMatchObject({ TableName: first.outputs.TableName, QueueUrl: queue });
});

test('the stage configuration reaches the CDK app, and another one is another assembly', async () => {
  const blue = await echo(await start());
  const red = await echo(await start({ stage: { colour: 'red' } }));

  expect([blue.stage, red.stage]).toEqual(['{"colour":"blue"}', '{"colour":"red"}']);
});

test('the emulator listens on the loopback interface only', async () => {
  const { endpoint } = await start();
  const outside = Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).filter(({ internal, family }) => !internal && family === 'IPv4'),
  );

  const reached = await Promise.all(
    outside.map(({ address }) => answers(`http://${address}:${new URL(endpoint).port}/`)),
  );

  expect(await answers(`${endpoint}/_ministack/health`)).toBe(true);
  expect(reached).not.toContain(true);
});

test('a port that is taken is refused in one sentence', async () => {
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
  const { port } = squatter.address() as AddressInfo;

  const refused = start({ port });

  await expect(refused).rejects.toThrow(new RegExp(`^Port ${port} on 127.0.0.1 is taken; .*\\.$`));
  squatter.close();
});

test('stopping ends the emulator and its Lambda workers, removes their folder, and may be repeated', async () => {
  const aws = await start();
  await echo(aws);
  const before = descendantsOf(process.pid);

  await aws.stop();
  await aws.stop();

  // The emulator, its Lambda worker, and the ps that found them.
  expect(before.length).toBeGreaterThan(2);
  expect(stillRunning(before)).toEqual([]);
  expect(readdirSync(join(workshop, 'run')).filter((name) => name.startsWith(`${process.pid}-`))).toEqual([]);
  expect(await answers(aws.endpoint)).toBe(false);
});

test('when the program that started it is killed, the emulator and its workers end too', async () => {
  const program = spawn(process.execPath, [join(root, 'test/local/fixture/keep-running.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const endpoint = await new Promise<string>((resolve) =>
    program.stdout.once('data', (line) => resolve(String(line).trim())),
  );
  const started = descendantsOf(program.pid ?? 0);

  program.kill('SIGKILL');

  expect(started.length).toBeGreaterThan(0);
  await eventually('the emulator ends', async () => ((await answers(endpoint)) ? undefined : true));
  await eventually('its processes end', async () => (stillRunning(started).length > 0 ? undefined : true));
});
