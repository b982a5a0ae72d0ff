import { createGunzip, type Gunzip } from 'node:zlib';
import { CaptureUnreadable } from './failures.ts';

type Bytes = AsyncIterable<Uint8Array>;

/** What a damaged stream throws; anything else is an error of the source, and worth another try. */
const isDamage = (cause: unknown): cause is Error =>
  cause instanceof Error && 'code' in cause && String(cause.code).startsWith('Z_');

const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b;

/** The first two bytes, or all there are, and an iterator over what follows. */
const peek = async (chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array> => {
  let head: Uint8Array = new Uint8Array();
  while (head.length < 2) {
    const { value, done } = await chunks.next();
    if (done === true) break;
    head = head.length === 0 ? value : Buffer.concat([head, value]);
  }
  return head;
};

async function* continued(head: Uint8Array, chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
}

/** No faster than it is read: what waits here is bounded by the buffers of the stream. */
const feed = async (engine: Gunzip, bytes: Bytes): Promise<void> => {
  for await (const chunk of bytes) {
    if (engine.destroyed) return;
    if (!engine.write(chunk) && !engine.destroyed)
      await new Promise((resolve) => engine.once('drain', resolve).once('close', resolve));
  }
  engine.end();
};

async function* inflated(bytes: Bytes): AsyncGenerator<Uint8Array> {
  const engine = createGunzip({ chunkSize: 64 * 1024 });
  let failed: { cause: unknown } | undefined;
  const fed = feed(engine, bytes).catch((cause: unknown) => {
    failed = { cause };
    engine.destroy(new Error('the source failed'));
  });
  try {
    yield* engine as AsyncIterable<Uint8Array>;
    await fed;
  } catch (cause) {
    if (failed !== undefined) throw failed.cause;
    if (isDamage(cause)) throw new CaptureUnreadable(`the gzip stream is damaged (${cause.message})`, { cause });
    throw cause;
  } finally {
    engine.destroy();
  }
}

async function* bounded(bytes: Bytes, atMost: number): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const chunk of bytes) {
    length += chunk.length;
    if (length > atMost) throw new CaptureUnreadable(`the file has more than ${atMost} bytes when decompressed`);
    yield chunk;
  }
}

/**
 * The text of a file, plain or gzip as its first bytes say: names lie, and stores may take the compression off.
 * @throws CaptureUnreadable when a gzip stream is damaged or cut off, or there are more than `atMost` bytes
 */
export async function* plainBytes(file: Bytes, atMost: number): AsyncGenerator<Uint8Array> {
  const chunks = file[Symbol.asyncIterator]();
  const head = await peek(chunks);
  const whole = continued(head, chunks);
  yield* bounded(isGzip(head) ? inflated(whole) : whole, atMost);
}
