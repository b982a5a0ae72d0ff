import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { key } from '../../cli/key.ts';
import { listModels, listVersions } from '../../cli/list.ts';
import { EXIT } from '../../cli/outcome.ts';
import { planeOf } from '../../cli/plane.ts';
import { status } from '../../cli/status.ts';
import type { AttemptStatus } from '../../core/intake/contract.ts';
import { registryApi } from '../../core/registry/api.ts';
import { folderOf } from './folder.ts';

type Reply = { readonly status?: number; readonly body: unknown };

const API = 'abcd1234.execute-api.eu-central-1.amazonaws.com';
const requests: { method: string; path: string; host: string; authorization: string; body?: string }[] = [];
let replies: Reply[];
let parameter: Reply;
let endpoint: string;
let stop: () => void;

const answer = (response: ServerResponse, { status: code = 200, body }: Reply) =>
  response
    .writeHead(code, { 'content-type': 'application/json' })
    .end(typeof body === 'string' ? body : JSON.stringify(body));

/** Speaks for SSM and the API alike, as one endpoint for all of AWS does: the signature says which is meant. */
const serve = async (request: IncomingMessage, response: ServerResponse) => {
  const { host = '', authorization = '' } = request.headers;
  if (authorization.includes('/ssm/')) return answer(response, parameter);
  const body = (await request.toArray()).join('');
  const { method = '', url: path = '' } = request;
  requests.push({ method, path, host, authorization, ...(body !== '' && { body }) });
  return answer(response, replies.length > 1 ? (replies.shift() as Reply) : (replies[0] ?? { status: 500, body: '' }));
};

beforeEach(async () => {
  const server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stop = () => server.close();
  requests.length = 0;
  parameter = {
    body: {
      Parameter: {
        Value: JSON.stringify({
          stage: 'dev',
          region: 'eu-central-1',
          apiUrl: `https://${API}`,
          modelBucket: 'models',
          eventBus: 'arn:aws:events:eu-central-1:111122223333:event-bus/clearance-dev',
        }),
      },
    },
  };
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_REGION: 'eu-central-1',
    AWS_SESSION_TOKEN: '',
    AWS_PROFILE: undefined,
  }))
    vi.stubEnv(name, value);
});

afterEach(() => {
  vi.unstubAllEnvs();
  stop();
});

const plane = () => planeOf('dev', new AbortController().signal);
const told = (body: unknown, code = 200): void => {
  replies = [{ status: code, body }];
};

test('a question is signed for the API and carries its host, wherever it is sent', async () => {
  told({ models: [] });

  await plane().ask(registryApi.models, {});

  expect(requests).toEqual([
    { method: 'GET', path: '/v1/models', host: API, authorization: expect.stringContaining('AKIAEXAMPLE/') },
  ]);
  expect(requests[0]?.authorization).toMatch(/\/eu-central-1\/execute-api\/aws4_request, SignedHeaders=[a-z;-]*host/);
});

test('names are part of the path and nothing else', async () => {
  told({ error: { message: 'not registered' } }, 404);

  await plane().ask(registryApi.status, { model: 'a/../b', version: '1.0+x?y' });

  expect(requests[0]?.path).toBe('/v1/models/a%2F..%2Fb/versions/1.0%2Bx%3Fy');
});

test.each(['', '.', '..'])('the name %o, which a path cannot carry, is a wrong call', async (model) => {
  told({ models: [] });

  await expect(plane().ask(registryApi.model, { model })).rejects.toMatchObject({ exitCode: EXIT.usage });
  expect(requests).toEqual([]);
});

test.each(['not JSON', '{"stage":"dev"}', undefined])('a parameter that holds %o announces no plane', async (Value) => {
  parameter = { body: { Parameter: { Value } } };

  await expect(plane().address()).rejects.toMatchObject({
    exitCode: EXIT.unknown,
    reason: { path: '/clearance/dev/plane' },
  });
});

test('what the plane does not know is undefined', async () => {
  told({ error: { message: 'not registered' } }, 404);

  expect(await plane().ask(registryApi.model, { model: 'nope' })).toBeUndefined();
});

test('an answer that is lost is asked for again', async () => {
  replies = [{ status: 503, body: '' }, { status: 429, body: '' }, { body: { models: [] } }];

  expect(await plane().ask(registryApi.models, {})).toEqual({ models: [] });
  expect(requests).toHaveLength(3);
});

test.each([
  ['forbidden', 403, { message: 'Forbidden' }],
  ['a route that the gateway does not know', 404, { message: 'Not Found' }],
  ['an answer that is no JSON', 200, '<html>'],
  ['an answer of another shape', 200, { modules: [] }],
])('%s leaves the question open', async (_what, code, body) => {
  told(body, code);

  await expect(plane().ask(registryApi.models, {})).rejects.toMatchObject({
    exitCode: EXIT.unknown,
    reason: { path: `https://${API}/v1/models`, found: `HTTP ${code}` },
  });
});

test("the plane's own words and fix are passed on", async () => {
  told({ error: { message: 'KMS does not answer', fix: 'Wait.' } }, 500);

  await expect(plane().ask(registryApi.models, {})).rejects.toMatchObject({
    exitCode: EXIT.unknown,
    reason: { message: 'KMS does not answer', fix: 'Wait.' },
  });
});

describe('what the plane refuses to read is a wrong call, and not worth another try', () => {
  const reason = { rule: 'hold.scope', message: 'no such environment', path: '$.scope', found: 'x', allowed: 'y' };

  test('one reason is told with its members', async () => {
    told({ error: { message: 'all in one line', reasons: [reason] } }, 400);

    await expect(plane().ask(registryApi.models, {})).rejects.toMatchObject({ exitCode: EXIT.usage, reason });
  });

  test.each([400, 413])('several, or none, in the words of the plane (%i)', async (code) => {
    told(
      { error: { message: 'from: found x', fix: 'Leave it out.', reasons: code === 400 ? [reason, reason] : [] } },
      code,
    );

    await expect(plane().ask(registryApi.models, {})).rejects.toMatchObject({
      exitCode: EXIT.usage,
      reason: { message: 'from: found x', fix: 'Leave it out.' },
    });
  });
});

test('a stage that is not installed is named, with the parameter that would announce it', async () => {
  parameter = { status: 400, body: { __type: 'ParameterNotFound', message: 'no' } };

  await expect(plane().address()).rejects.toMatchObject({
    exitCode: EXIT.unknown,
    reason: { path: '--stage', found: '"dev"', fix: expect.stringContaining('/clearance/dev/plane') },
  });
});

test('nobody listening leaves the question open', async () => {
  stop();

  await expect(plane().address()).rejects.toMatchObject({
    exitCode: EXIT.unknown,
    reason: { message: 'AWS cannot be reached' },
  });
});

describe('an act', () => {
  const route = {
    method: 'POST',
    path: '/v1/things/{thing}/change',
    request: z.strictObject({ reason: z.string().min(1) }),
    response: z.object({ outcome: z.string() }),
  } as const;
  const repeatable = { ...route, repeatable: true } as const;
  const change = { thing: 'a' };

  test('is sent with its body, which the signature covers', async () => {
    told({ outcome: 'done' });

    const answered = await plane().tell(route, change, { reason: 'größer' });

    expect(answered).toEqual({ outcome: 'done' });
    expect(requests).toEqual([
      {
        method: 'POST',
        path: '/v1/things/a/change',
        host: API,
        authorization: expect.stringMatching(/content-type.*x-amz-content-sha256/),
        body: '{"reason":"größer"}',
      },
    ]);
  });

  test('that no plane would take is a wrong call, and is not sent', async () => {
    await expect(plane().tell(route, change, { reason: '' })).rejects.toMatchObject({
      exitCode: EXIT.usage,
      reason: { path: '$.reason', found: '""' },
    });
    expect(requests).toEqual([]);
  });

  test.each([
    ['once, when its answer got lost: it may have been done', route, 503, 1],
    ['again, when the gateway took nothing on', route, 429, 2],
    ['again, when its answer got lost and it promises to be repeatable', repeatable, 503, 2],
  ])('is sent %s', async (_, act, status, times) => {
    replies = [{ status, body: '' }, { body: { outcome: 'done' } }];

    await plane()
      .tell(act, change, { reason: 'x' })
      .catch(() => {});

    expect(requests).toHaveLength(times);
  });
});

const digest = `sha256:${'a'.repeat(64)}`;
const registered = {
  model: 'fraud',
  version: '1',
  root: digest,
  owner: 'a',
  format: 'onnx',
  tier: 'full',
  stage: 'registered',
  registeredAt: '2026-11-23T10:00:00Z',
  attempt: 'v0',
  files: 5,
  bytes: 1,
  digests: { stored: 4, read: 1, bytesRead: 5_583_457_485 },
  bundle: { key: 'k', versionId: 'v' },
  evidence: {},
};
const verified = {
  checkedAt: '2026-11-23T11:00:00Z',
  hashedAt: '2026-11-20T11:00:00Z',
  alteredSince: null,
  reasons: [],
  quarantinedAt: null,
  failed: null,
};
const altered = {
  ...verified,
  alteredSince: '2026-11-23T11:00:00Z',
  reasons: [{ rule: 'verification.file-hidden', message: 'the object was deleted', path: 'model.onnx' }],
  quarantinedAt: '2026-11-23T11:15:00Z',
};

describe('status', () => {
  const attempt: AttemptStatus = {
    attempt: 'v1',
    status: 'answered',
    outcome: 'rejected',
    firstSeenAt: '2026-11-23T10:00:00Z',
    reasons: [{ rule: 'a.b', message: 'not good' }],
    reasonCount: 3,
  };

  test.each([
    ['rejected', EXIT.no],
    ['unknown', EXIT.no],
    ['running', EXIT.unknown],
    ['incomplete', EXIT.unknown],
  ] as const)('%s ends with %i', async (state, exitCode) => {
    told({ model: 'fraud', version: '1', state, attempts: [] });

    expect((await status({ model: 'fraud', version: '1' }, plane())).exitCode).toBe(exitCode);
  });

  test('a registered version is a yes, whatever later attempts came to', async () => {
    told({ model: 'fraud', version: '1', state: 'registered', attempts: [attempt], registered });

    const answered = await status({ model: 'fraud', version: '1' }, plane());

    expect(answered.exitCode).toBe(EXIT.yes);
    expect(answered.text).toContain(digest);
    expect(answered.text).toContain('digests: 4 files as S3 stored them, 1 file by reading 5.2 GiB');
  });

  test('a registered version says when it was verified, and what could not be', async () => {
    const failed = { since: '2026-11-23T11:30:00Z', error: 'AccessDenied', cause: 'Access Denied' };
    told({
      model: 'fraud',
      version: '1',
      state: 'registered',
      attempts: [],
      registered,
      verified: { ...verified, failed },
    });

    const { exitCode, text } = await status({ model: 'fraud', version: '1' }, plane());

    expect(exitCode).toBe(EXIT.yes);
    expect(text).toContain('verified 2026-11-23T11:00:00Z, every byte hashed since 2026-11-20T11:00:00Z');
    expect(text).toContain('could not be looked at since 2026-11-23T11:30:00Z: AccessDenied: Access Denied');
  });

  test('one that was altered since is a no, with what was found', async () => {
    told({ model: 'fraud', version: '1', state: 'registered', attempts: [], registered, verified: altered });

    const { exitCode, text } = await status({ model: 'fraud', version: '1' }, plane());

    expect(exitCode).toBe(EXIT.no);
    expect(text).toContain('not what was registered since 2026-11-23T11:00:00Z');
    expect(text).toContain('model.onnx: the object was deleted');
    expect(text).toContain('nobody may read it since 2026-11-23T11:15:00Z');
  });

  test('the reasons of a no are told, and how many more there are', async () => {
    told({ model: 'fraud', version: '1', state: 'rejected', attempts: [attempt] });

    const { text } = await status({ model: 'fraud', version: '1' }, plane());

    expect(text).toContain('not good');
    expect(text).toContain('2 more reasons');
  });
});

describe('list', () => {
  const head = (model: string) => ({
    model,
    owner: 'team',
    latest: '1',
    versions: 1,
    updatedAt: '2026-11-23T10:00:00Z',
  });

  test('follows every page', async () => {
    replies = [{ body: { models: [head('a')], next: '7' } }, { body: { models: [head('b')] } }];

    const { document } = await listModels(plane());

    expect(document.models.map(({ model }) => model)).toEqual(['a', 'b']);
    expect(requests.map(({ path }) => path)).toEqual(['/v1/models', '/v1/models?from=7']);
  });

  test('of a model says of each version when it was verified', async () => {
    const versions = [
      { ...registered, verified },
      { ...registered, version: '2', verified: altered },
      { ...registered, version: '3' },
    ];
    told({ head: head('fraud'), versions });

    const { text } = await listVersions('fraud', plane());

    const [, ...rows] = text.split('\n').map((line) => line.split(/ {2,}/));
    expect(rows.map((cells) => [cells[0], cells[6]])).toEqual([
      ['1', '2026-11-23T11:00:00Z'],
      ['2', 'ALTERED'],
      ['3', 'not yet'],
    ]);
  });

  test('of a model that nobody registered is a no', async () => {
    told({ error: { message: 'not registered' } }, 404);

    expect((await listVersions('nope', plane())).exitCode).toBe(EXIT.no);
  });
});

describe('key', () => {
  const PEM = '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n';

  test('is printed as it is, so that it can be kept in a file', async () => {
    told({ pem: PEM, keyArn: 'arn:key' });

    expect(`${(await key({}, plane())).text}\n`).toBe(PEM);
  });

  test('is not written over a file that holds another', async () => {
    told({ pem: PEM, keyArn: 'arn:key' });
    using folder = folderOf({ other: 'something else' });

    await key({ out: `${folder.dir}/new` }, plane());
    await key({ out: `${folder.dir}/new` }, plane());
    await expect(key({ out: `${folder.dir}/other` }, plane())).rejects.toMatchObject({ exitCode: EXIT.usage });

    expect([folder.text('new'), folder.text('other')]).toEqual([PEM, 'something else']);
  });
});
