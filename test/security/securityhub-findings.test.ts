import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FindingRaised, security } from '../../core/security/contract.ts';
import { securityHubFindings } from '../../functions/security/securityhub-findings.adapter.ts';
import { readSources } from '../contract/guards/source.ts';

type Asked = { method: string | undefined; path: string | undefined; authorization: string | undefined; body: unknown };

let server: Server;
let asked: Asked[];
let reply: { status: number; type?: string; body: object };

// Security Hub is not among what the local AWS plays: here its answers are bytes on a socket.
beforeEach(async () => {
  asked = [];
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method, url: path, headers } = request;
    asked.push({
      method,
      path,
      authorization: headers.authorization,
      body: JSON.parse(Buffer.concat(chunks).toString()),
    });
    response.writeHead(reply.status, {
      'content-type': 'application/json',
      ...(reply.type !== undefined && { 'x-amzn-errortype': reply.type }),
    });
    response.end(JSON.stringify(reply.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => server.close());

const { finding } = JSON.parse(
  readSources('events/security/*.json').get('events/security/finding-raised.v1.json') ?? '{}',
) as FindingRaised;

const give = () =>
  securityHubFindings({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
  })(finding);

test('a finding is imported as it stands, no field of it lost on the wire', async () => {
  reply = { status: 200, body: { FailedCount: 0, SuccessCount: 1, FailedFindings: [] } };

  await give();

  expect(asked).toEqual([
    {
      method: 'POST',
      path: '/findings/import',
      authorization: expect.stringContaining('/eu-central-1/securityhub/aws4_request'),
      body: { Findings: [finding] },
    },
  ]);
});

test('a finding that was refused within an answer of 200 is an error that says why', async () => {
  const failed = { Id: finding.Id, ErrorCode: 'InvalidInput', ErrorMessage: 'data.Types should NOT be empty' };
  reply = { status: 200, body: { FailedCount: 1, SuccessCount: 0, FailedFindings: [failed] } };

  await expect(give()).rejects.toThrow(/InvalidInput data\.Types should NOT be empty/);
});

test.each([
  [
    'Security Hub itself failed',
    { status: 200, body: { FailedCount: 1, SuccessCount: 0, FailedFindings: [{ ErrorCode: 'InternalError' }] } },
  ],
  ['it asked for patience', { status: 429, type: 'TooManyRequestsException', body: { message: 'slow down' } }],
])('where %s it is to be tried again', async (_, answer) => {
  reply = answer;

  await expect(give()).rejects.toMatchObject({ name: 'Kernel.Throttled' });
});

test('an account without Security Hub is no reason to try again', async () => {
  reply = {
    status: 401,
    type: 'InvalidAccessException',
    body: { Message: 'Account is not subscribed to AWS Security Hub' },
  };

  await expect(give()).rejects.toMatchObject({ name: 'InvalidAccessException' });
});

test('the example is what the contract says', () => {
  expect(security.events.findingRaised.detail.shape.finding.safeParse(finding).success).toBe(true);
});
