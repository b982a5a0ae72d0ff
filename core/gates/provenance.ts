import type { Manifest } from '../intake/manifest.ts';
import type { GateFinding, GateRules, RiskTier } from './contract.ts';
import { PROVENANCE_FIELDS, type ProvenanceField } from './provenance-fields.ts';

/** The smallest count that reaches the share. 0.55 × 20 is a hair above 11 in floating point, and asks for 11. */
export const fieldsNeeded = (share: number, fields: number): number => Math.max(0, Math.ceil(share * fields - 1e-9));

const gapFindings = (field: ProvenanceField, manifest: Manifest, tier: RiskTier): GateFinding[] =>
  (field.ask(manifest)?.gaps ?? []).map(({ path, message }) => ({
    gate: field.gate,
    outcome: field.failsIn.includes(tier) ? 'fail' : 'not-enough-evidence',
    message,
    path,
    fix: field.fix,
  }));

const completeness = (manifest: Manifest, tier: RiskTier, threshold: number): GateFinding => {
  const answers = PROVENANCE_FIELDS.flatMap((field) => field.ask(manifest) ?? []);
  const declared = answers.filter((answer) => answer.declared).length;
  const needed = fieldsNeeded(threshold, answers.length);
  return {
    gate: 'provenance.completeness',
    outcome: declared >= needed ? 'pass' : 'fail',
    message: `${declared} of ${answers.length} provenance fields are declared, tier ${tier} asks for ${needed}`,
    measured: declared / answers.length,
    threshold,
    unit: 'share',
    n: answers.length,
  };
};

/**
 * How completely a version says where it comes from, and a finding for everything that it leaves open. What is left
 * open fails where the tier insists on it, and is otherwise evidence that nobody has.
 */
export const provenanceFindings = (
  manifest: Manifest,
  tier: RiskTier,
  thresholds: GateRules['provenance'],
): GateFinding[] => [
  completeness(manifest, tier, thresholds[tier]),
  ...PROVENANCE_FIELDS.flatMap((field) => gapFindings(field, manifest, tier)),
];
