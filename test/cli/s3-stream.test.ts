import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { EXIT } from '../../cli/outcome.ts';
import { sendSection } from '../../cli/s3-stream.ts';
import { folderOf } from './folder.ts';

const MiB = 1024 ** 2;
const BYTES = Buffer.from(Uint8Array.from({ length: 3 * MiB }, (_, at) => (at * 31) % 251));

const whole = async (body: Readable): Promise<Buffer> => Buffer.concat(await body.toArray());
const answered = (name: string, httpStatusCode: number) =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });

/** Sends a section of a file of `BYTES`; `told` is what the caller has heard of at the end. */
const sending = async <Sent>(
  send: (body: Readable, attempt: number) => Promise<Sent>,
  { offset = MiB - 5, length = MiB + 10, path = 'weights.bin' } = {},
) => {
  using folder = folderOf({ 'weights.bin': BYTES });
  let [told, attempts] = [0, 0];
  const onBytes = (more: number) => {
    told += more;
  };
  const section = { path, absolute: join(folder.dir, path), offset, length };
  const sent = await sendSection(section, (body) => send(body, ++attempts), {
    onBytes,
    signal: new AbortController().signal,
  }).catch((cause: unknown) => cause);
  return { sent, told, attempts };
};

test('a section is those bytes of the file and no others', async () => {
  const { sent, told } = await sending(whole);

  expect(BYTES.subarray(MiB - 5, 2 * MiB + 5).equals(sent as Buffer)).toBe(true);
  expect(told).toBe(MiB + 10);
});

test.each([
  ['a line that breaks', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })],
  ['a store that is busy', answered('SlowDown', 503)],
  ['a line that stood still', answered('RequestTimeout', 400)],
])('%s is tried again from the first byte, and no byte is told of twice', async (_, cause) => {
  const { sent, told, attempts } = await sending(async (body, attempt) => {
    if (attempt > 1) return whole(body);
    for await (const __ of body) throw cause;
    throw cause;
  });

  expect(BYTES.subarray(MiB - 5, 2 * MiB + 5).equals(sent as Buffer)).toBe(true);
  expect([told, attempts]).toEqual([MiB + 10, 2]);
});

test('what S3 refuses is not sent again', async () => {
  const { sent, attempts } = await sending(async () => {
    throw answered('AccessDenied', 403);
  });

  expect([(sent as Error).name, attempts]).toEqual(['AccessDenied', 1]);
});

test.each([
  ['is gone', { path: 'gone.bin' }, 'cannot be read'],
  ['became shorter', { offset: 2 * MiB, length: 2 * MiB }, 'the file changed while it was uploaded'],
])(
  'a file that %s is told of as such and at once, though nobody listens to the stream',
  async (_, section, message) => {
    const { sent, attempts } = await sending(async (body) => {
      body.resume();
      return new Promise(() => {});
    }, section);

    expect(sent).toMatchObject({ exitCode: EXIT.unknown, reason: { message } });
    expect(attempts).toBe(1);
  },
);
