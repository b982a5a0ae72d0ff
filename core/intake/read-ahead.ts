import { UploadChanged } from '../kernel/failures.ts';

const MiB = 1024 * 1024;
/** One request to S3 does not fill the line of a Lambda; four do. */
const WINDOW = 4;
/** A window of each of the sixteen objects that the digest step has under way is 256 MiB. */
const PART = 4 * MiB;
/** What a consumer is handed at once. */
const CHUNK = MiB;
const TRIES = 3;

type ReadRange = (offset: number, length: number) => Promise<Uint8Array>;
type Source = { key: string; versionId: string; size: number };

/**
 * The bytes of a pinned version in order, with up to `window` ranges read or waiting to be taken. A range that breaks
 * off is read again by itself, so what was hashed before it stays hashed.
 * @throws UploadChanged when a range stays shorter or longer than the version is known to be
 */
export async function* readAhead(
  file: Source,
  read: ReadRange,
  { part = PART, window = WINDOW }: { part?: number; window?: number } = {},
): AsyncGenerator<Uint8Array> {
  const underWay: Promise<Uint8Array>[] = [];
  let next = 0;
  const fill = () => {
    for (; underWay.length < window && next < file.size; next += part) {
      const range = readWhole(file, read, next, Math.min(part, file.size - next));
      // Whoever takes it sees the failure; until then nobody listens, and Node would end the process.
      range.catch(() => {});
      underWay.push(range);
    }
  };
  for (fill(); underWay.length > 0; fill()) {
    const bytes = await underWay[0];
    for (let at = 0; bytes !== undefined && at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
    underWay.shift();
  }
}

const readWhole = async (file: Source, read: ReadRange, offset: number, length: number): Promise<Uint8Array> => {
  for (let attempt = 1; ; attempt++) {
    try {
      const bytes = await read(offset, length);
      if (bytes.length === length) return bytes;
      if (attempt === TRIES) throw notWhole(file, offset, length, bytes.length);
    } catch (cause) {
      if (attempt === TRIES || cause instanceof UploadChanged) throw cause;
    }
  }
};

const notWhole = ({ key, versionId }: Source, offset: number, length: number, got: number): UploadChanged =>
  new UploadChanged(`${key} version ${versionId} gave ${got} of ${length} bytes from ${offset}, ${TRIES} times`);
