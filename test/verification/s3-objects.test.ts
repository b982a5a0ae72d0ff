import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { digestOf } from '../../core/kernel/digest.ts';
import type { Objects } from '../../core/verification/ports.ts';

/** S3 as the wire has it: what each kind of answer is taken for, since one that is misread evicts a model. */

type Reply = (request: IncomingMessage, response: ServerResponse) => unknown;

let server: Server;
let reply: Reply;
let asked: string[];
let objects: Objects;
const before = { ...process.env };

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    reply(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_MAX_ATTEMPTS: '1',
  });
  const { s3Objects } = await import('../../functions/verification/s3-objects.adapter.ts');
  objects = s3Objects('model-bucket');
});
beforeEach(() => {
  asked = [];
});
afterAll(() => {
  server.close();
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

const xml = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
const EMPTY_LIST = '<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>';

/** HEAD answers have no body; every other error has. */
const errors =
  (onHead: number, onList: { status: number; body: string } = { status: 200, body: EMPTY_LIST }): Reply =>
  ({ method }, response) =>
    method === 'HEAD' ? response.writeHead(onHead).end() : response.writeHead(onList.status).end(onList.body);

const OBJECT = { key: 'models/m/1/model.bin', versionId: 'v7' };
const named = (name: string) => expect.objectContaining({ name });

test('an object is its version, its size and the checksum of the whole, from headers alone', async () => {
  const sha = Buffer.from(digestOf('weights').slice('sha256:'.length), 'hex').toString('base64');
  reply = (_, response) =>
    response
      .writeHead(200, {
        'content-length': '7',
        'x-amz-version-id': 'v7',
        'x-amz-checksum-sha256': sha,
        'x-amz-checksum-type': 'FULL_OBJECT',
      })
      .end();

  const found = await objects.current(OBJECT.key);
  await objects.pinned(OBJECT);

  expect(found).toEqual({ versionId: 'v7', size: 7, digest: digestOf('weights') });
  expect(asked).toEqual([
    'HEAD /model-bucket/models/m/1/model.bin',
    'HEAD /model-bucket/models/m/1/model.bin?versionId=v7',
  ]);
});

test('the checksum of a multipart upload is that of its parts, and none of the object', async () => {
  reply = (_, response) =>
    response
      .writeHead(200, {
        'content-length': '7',
        'x-amz-version-id': 'v7',
        'x-amz-checksum-sha256': 'd3RmIGNvbXBvc2l0ZQ==-2',
        'x-amz-checksum-type': 'COMPOSITE',
      })
      .end();

  expect(await objects.pinned(OBJECT)).toEqual({ versionId: 'v7', size: 7, digest: undefined });
});

test.each([
  ['404, and the bucket answers', 404],
  ['405: a delete marker', 405],
])('%s: the object is not there', async (_, status) => {
  reply = errors(status);

  expect(await objects.pinned(OBJECT)).toBeUndefined();
});

test.each([
  ['403', errors(403)],
  ['500', errors(500)],
  ['503', errors(503)],
  ['404 where the whole bucket is gone', errors(404, { status: 404, body: xml('NoSuchBucket') })],
  ['404 where nobody may list', errors(404, { status: 403, body: xml('AccessDenied') })],
])('%s: it is not known whether the object is there', async (_, answer) => {
  reply = answer;

  await expect(objects.pinned(OBJECT)).rejects.toThrow();
});

test.each([
  ['NoSuchVersion', 404],
  ['NoSuchKey', 404],
  ['MethodNotAllowed', 405],
])('%s when asked for tags: there is nothing to be marked', async (code, status) => {
  reply = (_, response) => response.writeHead(status).end(xml(code));

  expect(await objects.mark(OBJECT)).toBeUndefined();
});

test.each(['AccessDenied', 'SlowDown', 'NoSuchBucket'])('%s when asked for tags is no answer', async (code) => {
  reply = (_, response) => response.writeHead(code === 'SlowDown' ? 503 : 403).end(xml(code));

  await expect(objects.mark(OBJECT)).rejects.toEqual(named(code === 'SlowDown' ? 'Kernel.Throttled' : code));
});

test('of the tags the one that the bucket policy reads counts, and the others stay when it is set', async () => {
  let put = '';
  const tags = '<Tagging><TagSet><Tag><Key>team</Key><Value>risk</Value></Tag></TagSet></Tagging>';
  reply = (request, response) => {
    if (request.method === 'GET') return response.writeHead(200).end(tags);
    request.on('data', (chunk) => (put += chunk)).on('end', () => response.writeHead(200).end());
  };

  const mark = await objects.mark(OBJECT);
  await objects.setMark(OBJECT, 'quarantined');

  expect(mark).toBeUndefined();
  expect(put).toContain('<Key>team</Key><Value>risk</Value>');
  expect(put).toContain('<Key>clearance</Key><Value>quarantined</Value>');
});

test('keys come in pages, up to as many as were asked for', async () => {
  const page = (key: string, next?: string) =>
    `<?xml version="1.0"?><ListBucketResult><Contents><Key>${key}</Key></Contents><IsTruncated>${next !== undefined}</IsTruncated>${
      next === undefined ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`
    }</ListBucketResult>`;
  reply = ({ url = '' }, response) =>
    response.writeHead(200).end(url.includes('continuation-token=t1') ? page('b') : page('a', 't1'));

  expect(await objects.keys('models/m/1/', 10)).toEqual(['a', 'b']);
  expect(await objects.keys('models/m/1/', 1)).toEqual(['a']);
});

const collected = async (size: number): Promise<number> => {
  let bytes = 0;
  for await (const chunk of await objects.bytes({ ...OBJECT, size })) bytes += chunk.length;
  return bytes;
};

test.each([
  ['fewer bytes than S3 says there are', 206, 'short'],
  ['no such range', 416, xml('InvalidRange')],
  ['a version that is gone', 404, xml('NoSuchVersion')],
])('%s is an object that is not what it was', async (_, status, body) => {
  reply = (__, response) => response.writeHead(status).end(body);

  await expect(collected(7)).rejects.toEqual(named('Kernel.UploadChanged'));
});

test('bytes that S3 refuses are not known', async () => {
  reply = (_, response) => response.writeHead(403).end(xml('AccessDenied'));

  await expect(collected(7)).rejects.toEqual(named('AccessDenied'));
});
