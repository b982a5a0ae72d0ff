import type { z } from 'zod';
import { Refusal } from '../intake/contract.ts';
import { type EvidenceStore, keepEvidence } from '../kernel/evidence.ts';
import type { Reason } from '../kernel/reason.ts';
import { registry } from './contract.ts';
import type { Registry, Reservation } from './ports.ts';

type Input = z.output<typeof registry.tasks.reserveVersion.input>;
type Output = z.input<typeof registry.tasks.reserveVersion.output>;

/** Makes these bytes the only ones that can ever be registered under this version. */
export const reserveVersion =
  ({ versions, evidence }: { versions: Registry; evidence: EvidenceStore }) =>
  async ({ attempt, root }: Input): Promise<Output> => {
    const standing = await versions.reserve(attempt, root, attempt.id);
    if (standing.root === root) return { outcome: 'reserved', refusal: null };
    const refusal = await keepEvidence(evidence, registry.keys.refusal(attempt), Refusal, {
      reasons: [otherBytes(attempt, standing, root)],
    });
    return { outcome: 'refused', refusal: refusal.ref };
  };

const otherBytes = (subject: { model: string; version: string }, standing: Reservation, root: string): Reason => ({
  rule: 'registry.version-immutable',
  message: standing.registered
    ? `${subject.model} ${subject.version} is registered, and a registered version never changes`
    : `${subject.model} ${subject.version} is being registered with other bytes`,
  found: root,
  allowed: standing.root,
  fix: 'Submit the new bytes under a new version.',
});
