import { readdirSync, readFileSync } from 'node:fs';
import { GateRules } from '../../core/gates/contract.ts';
import { evaluateGates } from '../../core/gates/evaluate-gates.ts';
import { digestOf } from '../../core/kernel/digest.ts';
import { rootDigestOf } from '../../core/kernel/root-digest.ts';
import { loadPolicySet, type PolicySet } from '../../core/policy/policy-set.ts';
import type { RegistrationEvidence } from '../../core/policy/registration-request.ts';
import type { FileScan } from '../../core/scanning/contract.ts';
import { anAttempt as attempt } from './attempt.ts';
import { type ManifestInput, manifestWith } from './manifest.ts';

const POLICIES = new URL('../../policies/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, POLICIES), 'utf8');

export const defaultPolicyFiles = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(POLICIES)
      .filter((name) => name.endsWith('.cedar'))
      .map((name) => [name, read(name)]),
  );
export const policySchema = (): string => read('clearance.cedarschema');
export const defaultPolicySet = (): PolicySet => loadPolicySet(defaultPolicyFiles(), policySchema());

export const manifestRisk = manifestWith().risk;

const cleanScan = (path: string): FileScan => ({
  path,
  format: path === 'model.safetensors' ? 'safetensors' : 'text',
  verdict: 'clean',
  size: 10,
  bytesRead: 10,
  findings: [],
});

const gateRules = GateRules.parse({
  sources: ['s3://datasets/'],
  metrics: [{ metric: 'auc', minimum: 0.8, minimumN: 1000 }],
});

/** Evidence of an attempt in which the steps found what `change` made of the manifest, and nothing else. */
export const evidenceOf = (change?: (manifest: ManifestInput) => void): RegistrationEvidence => {
  const manifest = manifestWith(change);
  const files = [
    { path: 'manifest.json', digest: digestOf('manifest'), source: 'stored' as const, bytesRead: 0 },
    ...manifest.files.map(({ path, digest }) => ({ path, digest, source: 'stored' as const, bytesRead: 0 })),
  ];
  return {
    attempt,
    manifest,
    digests: {
      root: rootDigestOf(files.map(({ path, digest }) => ({ name: path, digest }))),
      files,
      bytesRead: 0,
      mismatches: [],
    },
    scan: { verdict: 'clean', files: files.map(({ path }) => cleanScan(path)), bytesRead: 40 },
    gates: evaluateGates(manifest, gateRules),
  };
};

/** The same evidence, but the scan found this of one file. */
export const withScanOf = (
  evidence: RegistrationEvidence,
  found: Pick<FileScan, 'path' | 'verdict'> & Partial<FileScan>,
): RegistrationEvidence => ({
  ...evidence,
  scan: {
    ...evidence.scan,
    verdict: found.verdict,
    files: evidence.scan.files.map((file) => (file.path === found.path ? { ...file, ...found } : file)),
  },
});
