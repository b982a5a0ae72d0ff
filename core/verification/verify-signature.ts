import { type Trust, verifyBundle } from '../signing/contract.ts';
import { recordAltered } from './differences.ts';
import { KeyNotAtHand } from './failures.ts';
import type { VerifySignature } from './ports.ts';

/** What such a key signed cannot be checked, and that says nothing about the version. */
const NOT_AT_HAND: ReadonlySet<string> = new Set(['signing.other-key', 'signing.key-unknown', 'signing.unusable-key']);

/** With the keys that the plane published, as they stand now: a revoked one signs for nothing any more. */
export const verifySignature =
  (trust: () => Promise<Trust>): VerifySignature =>
  async (bundle, files, root) => {
    const verified = verifyBundle({ bundle, files, ...(await trust()) });
    if (verified.outcome === 'valid')
      return verified.root === root ? [] : [recordAltered('the signature is about another root', verified.root, root)];
    const other = verified.reasons.find(({ rule }) => NOT_AT_HAND.has(rule));
    if (other !== undefined) throw new KeyNotAtHand(`${other.message}: ${other.found ?? ''}`);
    return verified.reasons;
  };
