import type { Digest } from '../kernel/digest.ts';
import { type Reason, show } from '../kernel/reason.ts';
import type { Stored } from './ports.ts';

/** One object of a registered version as it has to be. */
export type RegisteredFile = {
  readonly path: string;
  readonly key: string;
  readonly versionId: string;
  readonly size: number;
  readonly digest: Digest;
};

/** Every way in which a registered version can be another than the one that was registered, as a person reads it. */

const SUBMIT = 'Submit the registered files again, byte for byte: they then stand under new S3 versions.';

const about = ({ path, versionId }: RegisteredFile) => ({
  path: path.toWellFormed(),
  allowed: `S3 version ${versionId}`,
});

export const fileGone = (file: RegisteredFile): Reason => ({
  rule: 'verification.file-gone',
  message: 'the object version that was registered is not there any more',
  ...about(file),
});

export const fileHidden = (file: RegisteredFile): Reason => ({
  rule: 'verification.file-hidden',
  message: 'the object was deleted: whoever reads it by its key gets nothing',
  ...about(file),
  fix: SUBMIT,
});

export const fileOverwritten = (file: RegisteredFile, { versionId, size }: Stored): Reason => ({
  rule: 'verification.file-overwritten',
  message: 'something else was written over the object',
  ...about(file),
  found: `S3 version ${versionId}, ${size} bytes`,
  fix: SUBMIT,
});

export const sizeChanged = (file: RegisteredFile, size: number): Reason => ({
  rule: 'verification.bytes-changed',
  message: 'the object has another size than the one that was registered',
  path: file.path.toWellFormed(),
  found: `${size} bytes`,
  allowed: `${file.size} bytes`,
});

export const checksumChanged = (file: RegisteredFile, found: Digest): Reason => ({
  rule: 'verification.bytes-changed',
  message: 'the checksum that S3 keeps of the object is not that of the registered bytes',
  path: file.path.toWellFormed(),
  found,
  allowed: file.digest,
});

export const bytesChanged = (file: RegisteredFile, found: Digest | 'fewer bytes'): Reason => ({
  rule: 'verification.bytes-changed',
  message: 'the bytes of the object are not those that were registered, under the same S3 version',
  path: file.path.toWellFormed(),
  found,
  allowed: file.digest,
});

export const markChanged = (file: RegisteredFile, found: string | undefined, allowed: readonly string[]): Reason => ({
  rule: 'verification.mark-changed',
  message: 'the tag that says who may read the object was changed',
  path: file.path.toWellFormed(),
  found: found === undefined ? 'no clearance tag' : show(found),
  allowed: allowed.map((mark) => `clearance=${mark}`).join(' or '),
});

export const fileAdded = (path: string, { versionId, size }: Stored): Reason => ({
  rule: 'verification.file-added',
  message: 'an object that was never registered can be read as a part of the version',
  path: path.toWellFormed(),
  found: `S3 version ${versionId}, ${size} bytes`,
  allowed: 'only what was registered is readable',
});

export const evidenceAltered = (what: string): Reason => ({
  rule: 'verification.evidence-altered',
  message: `the evidence that the registration rests on is not what it was: ${what}`,
});

export const recordAltered = (message: string, found: string, allowed: string): Reason => ({
  rule: 'verification.record-altered',
  message,
  found: show(found),
  allowed: show(allowed),
});

export const recordGone = (): Reason => ({
  rule: 'verification.record-gone',
  message: 'the registry does not know the version any more, and it did',
});
