import { verifyVerdict } from '../../core/admission/verify-verdict.ts';
import { Digest, digestOf } from '../../core/kernel/digest.ts';
import type { EvidenceStore } from '../../core/kernel/evidence.ts';
import { VerdictForged } from '../../core/rollout/failures.ts';
import type { Verdicts } from '../../core/rollout/ports.ts';
import type { Trust } from '../../core/signing/contract.ts';

/** Verdicts as admission kept them, checked again by the one who acts on them: the workflow only carries their names. */
export const signedVerdicts = (evidence: Pick<EvidenceStore, 'get'>, trust: () => Promise<Trust>): Verdicts => ({
  check: async (verdict, { root, ...expected }, now) => {
    const bundle = await evidence.get(verdict.key);
    if (digestOf(bundle) !== verdict.digest)
      throw new VerdictForged(`${verdict.key} is not the verdict that was given`);
    const verified = verifyVerdict(bundle, await trust(), { ...expected, root: Digest.parse(root) }, now);
    if (verified.outcome === 'valid') return { expiresAt: verified.expiresAt };
    throw new VerdictForged(verified.reasons.map(({ message }) => message).join('; '));
  },
});
