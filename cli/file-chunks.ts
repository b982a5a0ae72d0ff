import { open } from 'node:fs/promises';

const CHUNK = 1024 ** 2;

/**
 * The file's bytes in order. The next chunk is read while the caller works on this one, into one of two buffers that
 * take turns: a chunk is overwritten once the one after it was asked for, so nobody may keep it. That hashes a file
 * almost as fast as memory; a stream, which allocates every chunk anew, leaves a tenth of it or more behind.
 */
export async function* fileChunks(
  path: string,
  { size, signal }: { size: number; signal?: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const length = Math.min(CHUNK, Math.max(1, size));
  const handle = await open(path, 'r');
  let [filling, spare] = [Buffer.allocUnsafeSlow(length), Buffer.allocUnsafeSlow(length)];
  const readOn = () => {
    const under = handle.read(filling, 0, length, null);
    // It may fail while the caller is at work and nobody waits for it yet; whoever asks for the chunk is told.
    under.catch(() => {});
    return under;
  };
  let reading = readOn();
  try {
    for (;;) {
      const { bytesRead, buffer } = await reading;
      signal?.throwIfAborted();
      if (bytesRead === 0) return;
      [filling, spare] = [spare, filling];
      reading = readOn();
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    // Whoever stops early leaves a read under way; its buffer and the file are in use until it is done.
    await reading.catch(() => {});
    await handle.close();
  }
}
