import { createHash } from 'node:crypto';
import { z } from 'zod';

/** A SHA-256 digest with its algorithm, `sha256:` and 64 lower-case hex digits. A bare hex string is not a digest. */
export const Digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: followed by 64 lower-case hex digits')
  .brand<'Digest'>();
export type Digest = z.infer<typeof Digest>;

/** The digest of bytes, or of the UTF-8 encoding of a string. */
export const digestOf = (bytes: Uint8Array | string): Digest =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest;

export const hexOf = (digest: Digest): string => digest.slice('sha256:'.length);

/** From a raw 32-byte hash, as `hash.digest()` gives it. */
export const digestOfRaw = (raw: Uint8Array): Digest => Digest.parse(`sha256:${Buffer.from(raw).toString('hex')}`);

/**
 * From the base64 form that S3 stores and returns in `x-amz-checksum-sha256`.
 * @throws TypeError for anything else, above all the composite checksum of a multipart upload (`…=-3`): it is the
 * hash of the parts' hashes, and a lenient decoder reads it as if it were that of the bytes
 */
export const digestOfBase64 = (base64: string): Digest => {
  const raw = Buffer.from(base64, 'base64');
  if (raw.length !== 32 || raw.toString('base64') !== base64)
    throw new TypeError(`${base64} is not the base64 form of one SHA-256`);
  return digestOfRaw(raw);
};
