import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hashAll, walk } from '../../cli/files.ts';
import type { PartedFile } from '../../cli/model-bucket.ts';
import { base64Of } from '../../cli/parts.ts';
import { s3PartsUpload } from '../../cli/s3-parts.ts';
import { type Folder, folderOf, quietly } from './folder.ts';

const KEY = 'models/fraud/1.4.0/weights.bin';
const refusal = { status: 403, body: '<Error><Code>AccessDenied</Code><Message>no</Message></Error>' };

type Reply = { status?: number; body: string };

/** What S3 says, by what it is asked: the method, `uploads` or the upload's id, and the page. */
let replies: Record<string, Reply>;
let asked: string[];
let client: S3Client;
let folder: Folder;
let file: PartedFile;
let stop: () => void;

const serve = ({ method, url = '' }: IncomingMessage, response: ServerResponse) => {
  const query = new URL(url, 'http://s3').searchParams;
  const page = query.get('key-marker') ?? query.get('part-number-marker') ?? '';
  const question = `${method} ${query.get('uploadId') ?? 'uploads'}${page && ` after ${page}`}`;
  asked.push(question);
  const { status = 200, body } = replies[question] ?? { status: 500, body: `<Error><Code>${question}</Code></Error>` };
  response.writeHead(status, { 'content-type': 'application/xml' }).end(body);
};

const uploads = (list: readonly (readonly [key: string, id: string])[], more = ''): Reply => {
  const entries = list.map(([key, id]) => `<Upload><Key>${key}</Key><UploadId>${id}</UploadId></Upload>`).join('');
  return { body: `<ListMultipartUploadsResult>${entries}${more}</ListMultipartUploadsResult>` };
};
const parts = (numbers: readonly number[], more = '', sum = (part: number) => sumOf(part)): Reply => {
  const entry = (part: number) =>
    `<Part><PartNumber>${part}</PartNumber><ETag>"e${part}"</ETag><ChecksumSHA256>${sum(part)}</ChecksumSHA256></Part>`;
  return { body: `<ListPartsResult>${numbers.map(entry).join('')}${more}</ListPartsResult>` };
};
const sumOf = (part: number): string => base64Of(file.parts.digests[part - 1] ?? ('' as never));
const begun = (id: string): Reply => ({
  body: `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
});

beforeEach(async () => {
  const server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stop = () => server.close();
  client = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
    forcePathStyle: true,
    maxAttempts: 1,
  });
  folder = folderOf({ 'weights.bin': Buffer.from('abcdefghij') });
  const [hashed] = await hashAll((await walk(folder.dir, () => false)).files, quietly(), () => 4);
  file = hashed as PartedFile;
  [asked, replies] = [[], {}];
});
afterEach(() => {
  client.destroy();
  folder[Symbol.dispose]();
  stop();
});

const opened = () => s3PartsUpload({ client, bucket: 'models', signal: new AbortController().signal }, KEY, file);

test('an interrupted upload is found behind a page of others, with parts behind a page of parts', async () => {
  replies = {
    'GET uploads': uploads(
      [[`${KEY}.index`, 'other']],
      '<IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker>',
    ),
    'GET uploads after k': uploads([[KEY, 'ours']]),
    'GET ours': parts([1], '<IsTruncated>true</IsTruncated><NextPartNumberMarker>1</NextPartNumberMarker>'),
    'GET ours after 1': parts([3]),
  };

  const { missing, isFound } = await opened();

  expect([missing, isFound]).toEqual([[2], true]);
  expect(asked).toEqual(['GET uploads', 'GET uploads after k', 'GET ours', 'GET ours after 1']);
});

test('one of other bytes is given up before a new one is begun', async () => {
  replies = {
    'GET uploads': uploads([[KEY, 'stale']]),
    'GET stale': parts([1, 2], '', () => sumOf(3)),
    'DELETE stale': { status: 204, body: '' },
    'POST uploads': begun('new'),
  };

  const { missing } = await opened();

  expect(missing).toEqual([1, 2, 3]);
  expect(asked.slice(2)).toEqual(['DELETE stale', 'POST uploads']);
});

test('one that ended while it was looked at is none to go on with', async () => {
  replies = {
    'GET uploads': uploads([[KEY, 'ended']]),
    'GET ended': { status: 404, body: '<Error><Code>NoSuchUpload</Code></Error>' },
    'POST uploads': begun('new'),
  };

  expect((await opened()).missing).toEqual([1, 2, 3]);
});

test.each([
  ['list uploads', { 'GET uploads': refusal }],
  ['look into them', { 'GET uploads': uploads([[KEY, 'ours']]), 'GET ours': refusal }],
])('who may upload and not %s begins anew, and is not told that a later submit goes on', async (_, said) => {
  replies = { ...said, 'POST uploads': begun('new') };

  const { missing, isFound } = await opened();

  expect([missing, isFound]).toEqual([[1, 2, 3], false]);
});

test('a store that is out of order is not taken for one that has nothing', async () => {
  await expect(opened()).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
});

test('an object that is not what was sent is said to be none', async () => {
  replies = {
    'GET uploads': uploads([[KEY, 'ours']]),
    'GET ours': parts([1, 2, 3]),
    'POST ours': {
      body: '<CompleteMultipartUploadResult><ChecksumSHA256>bm90IGl0-3</ChecksumSHA256></CompleteMultipartUploadResult>',
    },
  };

  const upload = await opened();

  expect(upload.missing).toEqual([]);
  await expect(upload.complete()).rejects.toMatchObject({ reason: { path: 'weights.bin', found: 'bm90IGl0-3' } });
});
