import type { AdmissionPorts } from '../../core/admission/admit-version.ts';
import { AdmissionQuestion, AdmissionRules } from '../../core/admission/contract.ts';
import { canonicalJson, type Json } from '../../core/kernel/canonical-json.ts';
import { digestOf } from '../../core/kernel/digest.ts';
import type { EvidenceRef } from '../../core/kernel/evidence.ts';
import type { Fact } from '../../core/kernel/fact.ts';
import { askAboutDeployment } from '../../core/policy/decide-deployment.ts';
import { RegisteredVersion } from '../../core/registry/contract.ts';
import { omsStatement } from '../../core/signing/oms.ts';
import { memoryEvidence } from './memory-evidence.ts';
import { memoryHolds } from './memory-holds.ts';
import { p256Signer } from './p256-signer.ts';
import { defaultPolicySet, evidenceOf } from './registration-evidence.ts';
import { signPayload } from './signed-model.ts';

/** A plane that has registered fraud 1.4.0 and has nothing against it in prod. */
export const admissible = async () => {
  const signer = p256Signer();
  const evidence = memoryEvidence();
  const facts: Fact[] = [];
  const held = memoryHolds(facts);
  const closed = new Set<string>();
  const time = { now: new Date('2026-11-23T10:00:00.000Z') };
  const { attempt, manifest, digests } = evidenceOf();
  const resources = digests.files.map(({ path, digest }) => ({ name: path, digest }));
  const keep = async (name: string, body: string): Promise<EvidenceRef> => {
    await evidence.putOnce(name, body);
    return { key: name, digest: digestOf(body) };
  };
  const files = digests.files.map(({ path }) => ({ path, key: `models/${path}`, versionId: `v-${path}`, size: 1 }));
  const signed = await signPayload(omsStatement({ name: '1.4.0', resources }), signer);
  const version = RegisteredVersion.parse({
    model: 'fraud',
    version: '1.4.0',
    root: digests.root,
    owner: manifest.owner,
    format: manifest.format,
    tier: 'standard',
    stage: 'registered',
    registeredAt: '2026-11-23T09:00:00.000Z',
    attempt: attempt.id,
    files: files.length,
    bytes: files.length,
    bundle: { key: 'models/fraud/1.4.0/model.sig', versionId: 'b1' },
    evidence: {
      manifest: await keep('manifest', canonicalJson(manifest as Json)),
      digests: await keep('digests', canonicalJson(digests as Json)),
      inventory: await keep('inventory', canonicalJson({ attempt, files, bytes: files.length })),
      bundle: await keep('bundle', signed.bundle),
    },
  });
  const registered = new Map([['fraud/1.4.0', version]]);
  const ports: AdmissionPorts = {
    versions: { find: async (subject) => registered.get(`${subject.model}/${subject.version}`) },
    holds: held.holds,
    readers: { mayRead: async (_, { key }) => !closed.has(key) },
    evidence,
    policy: askAboutDeployment(defaultPolicySet()),
    signer,
    trust: async () => ({ publicKeyPem: signer.publicKeyPem }),
    outbox: { put: async (fact) => void facts.push(fact) },
    clock: { now: () => time.now },
    rules: AdmissionRules.parse({
      environments: [
        { name: 'prod', tiers: ['light', 'standard'] },
        { name: 'lab', tiers: ['light'] },
      ],
    }),
    stage: 'dev',
    modelBucket: 'models',
  };
  const question = (change: object = {}) =>
    AdmissionQuestion.parse({
      model: 'fraud',
      version: '1.4.0',
      environment: 'prod',
      target: { deployment: 'fraud-prod', served: version.root },
      step: 0,
      ...change,
    });
  return {
    ports,
    question,
    version,
    registered,
    closed,
    evidence,
    facts,
    held,
    publicKeyPem: signer.publicKeyPem,
    pass: (seconds: number) => {
      time.now = new Date(time.now.getTime() + seconds * 1000);
    },
    now: () => time.now,
  };
};
