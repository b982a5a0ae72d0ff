import { createHash } from 'node:crypto';
import { type Digest, digestOfRaw } from '../kernel/digest.ts';
import { UploadChanged } from '../kernel/failures.ts';
import type { Reason } from '../kernel/reason.ts';
import type { RegisteredFile } from './differences.ts';
import { bytesChanged } from './differences.ts';
import { type Meter, spend } from './meter.ts';
import type { Objects } from './ports.ts';

export type HashPorts = { readonly objects: Pick<Objects, 'bytes'>; readonly meter: Meter };

type Readable = { readonly key: string; readonly versionId: string; readonly size: number };

/** @throws OutOfTime, UploadChanged */
export const hashOf = async ({ objects, meter }: HashPorts, object: Readable): Promise<Digest> => {
  const hash = createHash('sha256');
  for await (const chunk of await objects.bytes(object)) {
    spend(meter, chunk.length);
    hash.update(chunk);
  }
  return digestOfRaw(hash.digest());
};

/**
 * Reads all of an object and compares it with what was registered: the only look that finds bytes which were changed under
 * the same S3 version, with everything that S3 says of it left as it was.
 * @throws OutOfTime
 */
export const hashFile = async (ports: HashPorts, file: RegisteredFile): Promise<Reason[]> => {
  try {
    const found = await hashOf(ports, file);
    return found === file.digest ? [] : [bytesChanged(file, found)];
  } catch (cause) {
    // What cannot be read because S3 does not answer has another name; this says that S3 has no more to give.
    if (cause instanceof UploadChanged) return [bytesChanged(file, 'fewer bytes')];
    throw cause;
  }
};
