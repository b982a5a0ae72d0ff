import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import type { ByteSource } from '../../core/scanning/byte-source.ts';
import type { LocalFile } from '../files.ts';

/** How long nothing else may run: Ctrl-C and the line on the terminal wait for it. */
const BREATH_MS = 50;

let lastTurn = performance.now();

const isOutOfBreath = (): boolean => performance.now() - lastTurn > BREATH_MS;

/** Lets the rest of the program run, if it has waited for long. */
export const breathe = async (): Promise<void> => {
  if (!isOutOfBreath()) return;
  await turn();
  lastTurn = performance.now();
};

/** Read as a whole at the first look: one call costs more than these bytes. */
const SMALL = 128 * 1024;

/** Below it a part of a larger memory is cheaper than one of its own. */
const HELD = 1024;

const fillAt = (fd: number, offset: number, into: Uint8Array): number => {
  let filled = 0;
  while (filled < into.length) {
    const count = readSync(fd, into, filled, into.length - filled, offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
};

const readAt = (fd: number, offset: number, length: number): Uint8Array => {
  const bytes = length < HELD ? Buffer.allocUnsafe(length) : Buffer.allocUnsafeSlow(length);
  return bytes.subarray(0, fillAt(fd, offset, bytes));
};

/**
 * Runs `use` with the file open for reading by range. Reads are synchronous: a scan makes many small ones, and handing
 * each to another thread and back takes several times as long as the read.
 */
export const withOpenFile = async <Result>(
  { absolute, size }: LocalFile,
  use: (source: ByteSource) => Promise<Result>,
): Promise<Result> => {
  const fd = openSync(absolute, 'r');
  try {
    const whole = size <= SMALL ? readAt(fd, 0, size) : undefined;
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      if (isOutOfBreath()) await breathe();
      const end = Math.min(offset + length, size);
      if (whole !== undefined) return whole.subarray(offset, end);
      return readAt(fd, offset, Math.max(0, end - offset));
    };
    const readInto = async (offset: number, into: Uint8Array): Promise<number> => {
      if (isOutOfBreath()) await breathe();
      return fillAt(fd, offset, into.subarray(0, Math.max(0, size - offset)));
    };
    return await use({ size, read, ...(whole === undefined && { readInto }) });
  } finally {
    closeSync(fd);
  }
};
