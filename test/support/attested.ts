import { GateReport } from '../../core/gates/contract.ts';
import { type Attempt, DigestReport } from '../../core/intake/contract.ts';
import { Manifest } from '../../core/intake/manifest.ts';
import { canonicalJson, type Json } from '../../core/kernel/canonical-json.ts';
import { digestOf } from '../../core/kernel/digest.ts';
import type { EvidenceRef } from '../../core/kernel/evidence.ts';
import { rootDigestOf } from '../../core/kernel/root-digest.ts';
import { ScanReport } from '../../core/scanning/contract.ts';
import { signing } from '../../core/signing/contract.ts';
import { signAttempt } from '../../core/signing/sign-attempt.ts';
import type { TestSigner } from './key-sets.ts';
import { manifestWith } from './manifest.ts';
import { memoryEvidence } from './memory-evidence.ts';
import { p256Signer } from './p256-signer.ts';
import { resourcesOf } from './signed-model.ts';

export const attempt: Attempt = {
  bucket: 'models',
  model: 'fraud',
  version: '1.4.0',
  id: 'm1',
  manifest: 'm1',
  look: 0,
  lastLook: false,
};
export const files = resourcesOf({ 'manifest.json': '{}', 'model.safetensors': 'weights' });
export const root = rootDigestOf(files);

const POLICY_SET = digestOf('policies');
const RUN = {
  version: '0.1.0',
  rulesAsOf: '2026-11-01T00:00:00.000Z',
  startedAt: '2026-11-29T10:00:00.000Z',
  finishedAt: '2026-11-29T10:00:01.000Z',
};
const CLEAN: ScanReport = {
  verdict: 'clean',
  files: [{ path: 'model.safetensors', format: 'safetensors', verdict: 'clean', size: 7, bytesRead: 7, findings: [] }],
  bytesRead: 7,
  run: RUN,
};
const GATES: GateReport = {
  tier: 'standard',
  tierReasons: [],
  findings: [
    { gate: 'provenance.completeness', outcome: 'pass', message: 'complete' },
    { gate: 'metrics.threshold', outcome: 'pass', message: 'high enough', path: '$.metrics[0]' },
  ],
};

export type Known = { scan?: object; gates?: object; manifest?: Manifest };

/** Evidence of an attempt up to the yes of policy, as its steps leave it. */
export const cleared = async ({ scan = {}, gates = {}, manifest = manifestWith() }: Known = {}) => {
  const evidence = memoryEvidence();
  const keep = async (name: string, document: unknown): Promise<EvidenceRef> => {
    const key = `intake/${name}.json`;
    const body = canonicalJson(document as Json);
    await evidence.putOnce(key, body);
    return { key, digest: digestOf(body) };
  };
  const report: DigestReport = {
    root,
    files: files.map(({ name, digest }) => ({ path: name, digest, source: 'stored', bytesRead: 0 })),
    bytesRead: 0,
    mismatches: [],
  };
  const pinned = files.map(({ name }) => ({ path: name, key: `models/fraud/1.4.0/${name}`, versionId: 'v', size: 7 }));
  return {
    evidence,
    inventory: await keep('inventory', { attempt, files: pinned, bytes: 14 }),
    request: {
      attempt,
      digests: await keep('digests', DigestReport.parse(report)),
      about: {
        manifest: await keep('manifest', Manifest.parse(manifest)),
        scan: await keep('scan', ScanReport.parse({ ...CLEAN, ...scan })),
        gates: await keep('gates', GateReport.parse({ ...GATES, ...gates })),
        decision: await keep('decision', {
          decision: { outcome: 'allow', policies: ['p'] },
          policySet: POLICY_SET,
          request: {
            principal: { type: 'a', id: 'b' },
            action: { type: 'a', id: 'b' },
            resource: { type: 'a', id: 'b' },
            attributes: {},
            context: {},
          },
        }),
      },
    },
  };
};

/** The same, signed and attested. */
export const attested = async (known: Known = {}, signer: TestSigner = p256Signer()) => {
  const attemptAtHand = await cleared(known);
  const sign = signAttempt({ signer, evidence: attemptAtHand.evidence });
  const signed = signing.tasks.signVersion.output.parse(await sign(attemptAtHand.request));
  const textOf = (ref: EvidenceRef | null) => attemptAtHand.evidence.standing.get(ref?.key ?? '') ?? '';
  return { ...attemptAtHand, signer, signed, textOf };
};
