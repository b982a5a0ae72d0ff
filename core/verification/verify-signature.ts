import { verifyBundle } from '../signing/contract.ts';
import { recordAltered } from './differences.ts';
import { KeyNotAtHand } from './failures.ts';
import type { VerifySignature } from './ports.ts';

/** A key was replaced, and what the one before it signed cannot be checked: that says nothing about the version. */
const NOT_AT_HAND: ReadonlySet<string> = new Set(['signing.other-key', 'signing.key-unknown', 'signing.unusable-key']);

/** With the key that the plane signs with. */
export const verifySignature =
  (publicKeyPem: () => Promise<string>): VerifySignature =>
  async (bundle, files, root) => {
    const verified = verifyBundle({ bundle, publicKeyPem: await publicKeyPem(), files });
    if (verified.outcome === 'valid')
      return verified.root === root ? [] : [recordAltered('the signature is about another root', verified.root, root)];
    const other = verified.reasons.find(({ rule }) => NOT_AT_HAND.has(rule));
    if (other !== undefined) throw new KeyNotAtHand(`${other.message}: ${other.found ?? ''}`);
    return verified.reasons;
  };
