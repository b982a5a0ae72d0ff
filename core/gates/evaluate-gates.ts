import type { z } from 'zod';
import { Manifest } from '../intake/manifest.ts';
import { type EvidenceStore, keepEvidence, readEvidence } from '../kernel/evidence.ts';
import { GateReport, type GateRules, gates } from './contract.ts';
import { sourceFindings } from './dataset-sources.ts';
import { metricFindings } from './metric-thresholds.ts';
import { provenanceFindings } from './provenance.ts';
import { requiredFieldFindings } from './required-fields.ts';
import { riskTier } from './risk-tier.ts';

/** Every gate's findings on what a manifest declares. Nothing is decided here. */
export const evaluateGates = (manifest: Manifest, rules: GateRules): GateReport => {
  const { tier, reasons } = riskTier(manifest.risk);
  const required = requiredFieldFindings(manifest, tier);
  const named = new Set(required.map(({ path }) => path).filter((path) => path !== undefined));
  return {
    tier,
    tierReasons: reasons,
    findings: [
      // A gap that the tier does not allow anyway is one gap, not two.
      ...provenanceFindings(manifest, tier, rules.provenance).filter(({ path }) => !named.has(path ?? '')),
      ...sourceFindings(manifest, rules.sources),
      ...required,
      ...metricFindings(manifest, tier, rules.metrics),
    ],
  };
};

const contract = gates.tasks.evaluateGates;
export type GatePorts = { readonly evidence: EvidenceStore; readonly rules: GateRules };

/** Evaluates the gates on the manifest that inventory kept, and keeps the report. */
export const evaluateAttempt =
  ({ evidence, rules }: GatePorts) =>
  async ({ attempt, manifest }: z.output<typeof contract.input>): Promise<z.output<typeof contract.output>> => {
    const report = evaluateGates(await readEvidence(evidence, manifest, Manifest), rules);
    const kept = await keepEvidence(evidence, gates.keys.report(attempt), GateReport, report);
    return { report: kept.ref, tier: kept.document.tier };
  };
