import type { z } from 'zod';
import { DataSetUnreadable } from '../data-set/failures.ts';
import type { DataSetPorts } from '../data-set/open-data-set.ts';
import { Inventory } from '../intake/contract.ts';
import { Manifest } from '../intake/manifest.ts';
import { type EvidenceStore, keepEvidence, readEvidence } from '../kernel/evidence.ts';
import { type GateFinding, GateReport, type GateRules, gates } from './contract.ts';
import { sourceFindings } from './dataset-sources.ts';
import { metricFindings } from './metric-thresholds.ts';
import { provenanceFindings } from './provenance.ts';
import { requiredFieldFindings } from './required-fields.ts';
import { riskTier } from './risk-tier.ts';
import type { SampleSource } from './training-data/examine.ts';

/**
 * Every gate's findings on what a manifest declares, and those on the training data itself where somebody has looked at
 * it. Nothing is decided here.
 */
export const evaluateGates = (
  manifest: Manifest,
  rules: GateRules,
  trainingData: readonly GateFinding[] = [],
): GateReport => {
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
      ...trainingData,
    ],
  };
};

/** Few versions have training data to look at; what reads it is loaded for those. */
const lookAtTrainingData = async (
  manifest: Manifest,
  rules: GateRules,
  source: SampleSource,
): Promise<GateFinding[]> => {
  if (manifest.training?.sample === undefined && rules.trainingData.requiredTiers.length === 0) return [];
  const { trainingDataFindings } = await import('./training-data/examine.ts');
  return trainingDataFindings(manifest, rules.trainingData, source);
};

const contract = gates.tasks.evaluateGates;
export type GatePorts = {
  readonly evidence: EvidenceStore;
  readonly rules: GateRules;
  readonly dataSets: DataSetPorts;
};

/** Evaluates the gates on the manifest that inventory kept and on the training data it names, and keeps the report. */
export const evaluateAttempt =
  ({ evidence, rules, dataSets: ports }: GatePorts) =>
  async ({ attempt, ...refs }: z.output<typeof contract.input>): Promise<z.output<typeof contract.output>> => {
    const manifest = await readEvidence(evidence, refs.manifest, Manifest);
    const files = async () => {
      if (refs.inventory === undefined)
        throw new DataSetUnreadable('the upload began under another release; submit again');
      return (await readEvidence(evidence, refs.inventory, Inventory)).files;
    };
    const source = { ports, upload: { bucket: attempt.bucket, files } };
    const report = evaluateGates(manifest, rules, await lookAtTrainingData(manifest, rules, source));
    const kept = await keepEvidence(evidence, gates.keys.report(attempt), GateReport, report);
    return { report: kept.ref, tier: kept.document.tier };
  };
