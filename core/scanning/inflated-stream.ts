import { createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import type { ByteSource } from './byte-source.ts';
import { type ByteStream, joined } from './byte-stream.ts';
import type { Scan } from './scan.ts';

export type Packing = 'gzip' | 'zlib' | 'deflate';

const ENGINES = { gzip: createGunzip, zlib: createInflate, deflate: createInflateRaw };
const CHUNK = 256 * 1024;

/** What a damaged stream throws; anything else is an error of the source. */
const isDamage = (cause: unknown): boolean =>
  cause instanceof Error && 'code' in cause && /^(?:Z_|ERR_)/.test(String(cause.code));

/**
 * Decompresses as it is asked, counted against the limits. Damage ends the content and is a finding: what came before
 * it was handed to the loader all the same.
 */
export const inflatedStream = (scan: Scan, source: ByteSource, packing: Packing, member?: string): ByteStream => {
  const engine = ENGINES[packing]({ chunkSize: 64 * 1024 });
  const chunks = engine[Symbol.asyncIterator]();
  let window = new Uint8Array();
  let position = 0;
  let ended = false;
  let fed = 0;
  let sourceError: unknown;
  let started = false;

  const feed = async () => {
    try {
      for (; fed < source.size && !engine.destroyed; ) {
        const chunk = await source.read(fed, CHUNK);
        fed += chunk.length;
        if (!engine.write(chunk) && !engine.destroyed)
          await new Promise((resolve) => engine.once('drain', resolve).once('close', resolve));
      }
      if (!engine.destroyed) engine.end();
    } catch (cause) {
      sourceError = cause;
      engine.destroy(new Error('the source failed'));
    }
  };

  const finish = () => {
    ended = true;
    const left = source.size - engine.bytesWritten;
    if (left > 0)
      scan.report('compressed.trailing-bytes', { what: `${left} bytes after the compressed stream`, member });
  };

  const pull = async (): Promise<Uint8Array | undefined> => {
    if (!started) void feed();
    started = true;
    try {
      const { value, done } = await chunks.next();
      if (done !== true) return value as Uint8Array;
      finish();
    } catch (cause) {
      ended = true;
      if (sourceError !== undefined) throw sourceError;
      if (!isDamage(cause)) throw cause;
      scan.report('compressed.damaged', { what: `the ${packing} stream is damaged`, offset: fed, member });
    }
    return undefined;
  };

  const next = async (): Promise<Uint8Array> => {
    const chunk = (await pull()) ?? new Uint8Array();
    try {
      scan.countDecompressed(chunk.length);
    } catch (cause) {
      engine.destroy();
      throw cause;
    }
    return chunk;
  };

  return {
    get position() {
      return position;
    },
    get end() {
      return ended ? position + window.length : Number.POSITIVE_INFINITY;
    },
    get window() {
      return window;
    },
    fill: async (needed) => {
      const parts: Uint8Array[] = [window];
      let length = window.length;
      while (length < needed && !ended) {
        const chunk = await next();
        parts.push(chunk);
        length += chunk.length;
      }
      window =
        parts.length === 2 ? (joined(window, parts[1] ?? window) as Uint8Array<ArrayBuffer>) : Buffer.concat(parts);
    },
    advance: async (count) => {
      let left = count - window.length;
      position += Math.min(count, window.length);
      window = window.subarray(count);
      while (left > 0 && !ended) {
        const chunk = (await next()) as Uint8Array<ArrayBuffer>;
        position += Math.min(left, chunk.length);
        window = chunk.subarray(left);
        left -= chunk.length;
      }
    },
  };
};
