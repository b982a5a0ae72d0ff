import type { Reason } from '../kernel/reason.ts';
import type { IntakeLimits } from './contract.ts';

/** S3 takes no more in one piece, and keeps the SHA-256 of a whole object only if it came in one. */
export const LARGEST_PIECE = 5 * 1024 ** 3;

type Unread = { readonly path: string; readonly size: number };

/**
 * Why objects of which S3 has no SHA-256 are too much to read: the largest of them, as many as have to come another way
 * so that the rest can be read.
 */
export const refuseUnread = (unread: readonly Unread[], { readBytes }: Pick<IntakeLimits, 'readBytes'>): Reason[] => {
  const total = unread.reduce((sum, { size }) => sum + size, 0);
  const reasons: Reason[] = [];
  let left = total;
  for (const file of unread.toSorted((one, other) => other.size - one.size)) {
    if (left <= readBytes) break;
    left -= file.size;
    reasons.push(tooMuch(file, total, readBytes));
  }
  return reasons;
};

const tooMuch = ({ path, size }: Unread, total: number, readBytes: number): Reason => ({
  rule: 'intake.too-much-to-read',
  path,
  message: 'S3 keeps no SHA-256 of it, and the plane cannot read that much in its time',
  found: `${size} bytes, of ${total} bytes without one in all`,
  allowed: `at most ${readBytes} bytes without one, all files together`,
  fix:
    size <= LARGEST_PIECE
      ? 'Upload it in one piece with its SHA-256, as clearance submit does; docs/submit.md says how with the AWS CLI.'
      : 'Split it into files of up to 5 GiB, as libraries do with shards: clearance submit uploads each in one piece.',
});
