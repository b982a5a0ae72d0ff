import { hold as holdContract } from '../../core/hold/contract.ts';
import { liftHold } from '../../core/hold/lift-hold.ts';
import { placeHold } from '../../core/hold/place-hold.ts';
import { CLEARED, intake } from '../../core/intake/contract.ts';
import { canonicalJson, type Json } from '../../core/kernel/canonical-json.ts';
import { type Digest, digestOf } from '../../core/kernel/digest.ts';
import type { Fact } from '../../core/kernel/fact.ts';
import { UploadChanged } from '../../core/kernel/failures.ts';
import type { Measure } from '../../core/kernel/metrics.ts';
import { rootDigestOf } from '../../core/kernel/root-digest.ts';
import { RegisteredVersion } from '../../core/registry/contract.ts';
import type { Trust } from '../../core/signing/contract.ts';
import { VerificationRules, type VersionMark } from '../../core/verification/contract.ts';
import { holdTask } from '../../core/verification/hold-task.ts';
import type { Marks, Named, Objects } from '../../core/verification/ports.ts';
import { nameOf, type VerificationPorts } from '../../core/verification/run.ts';
import { verifySignature } from '../../core/verification/verify-signature.ts';
import { verifyOne, verifyVersions } from '../../core/verification/verify-versions.ts';
import { memoryEvidence } from './memory-evidence.ts';
import { memoryHolds } from './memory-holds.ts';
import { p256Signer } from './p256-signer.ts';
import { signFiles } from './signed-model.ts';

type ObjectVersion = {
  readonly key: string;
  readonly versionId: string;
  /** Nothing for a delete marker. */
  body: Buffer | undefined;
  mark?: string | undefined;
  /** The checksum that S3 keeps; nothing after a multipart upload. */
  stored?: Digest | undefined;
};

/** A versioned bucket, with everything that can be done to it: by its API, and behind its back. */
const memoryBucket = () => {
  let versions: ObjectVersion[] = [];
  let written = 0;
  const current = (key: string) => versions.findLast((version) => version.key === key);
  const find = (object: { key: string; versionId: string }) =>
    versions.find(({ key, versionId }) => key === object.key && versionId === object.versionId);
  const add = (version: Omit<ObjectVersion, 'versionId'>) => {
    written += 1;
    versions.push({ ...version, versionId: `v${written}` });
    return `v${written}`;
  };
  const stored = (version: ObjectVersion | undefined) =>
    version?.body && { versionId: version.versionId, size: version.body.length, digest: version.stored };
  let calls = 0;
  /** Every call counts, and may be one that S3 does not answer. */
  const faults: { next: ((call: string, key: string) => Error | undefined) | undefined } = { next: undefined };
  const called = (call: string, key: string) => {
    calls += 1;
    const fault = faults.next?.(call, key);
    if (fault !== undefined) throw fault;
  };
  const objects: Objects = {
    current: async (key) => {
      called('current', key);
      return stored(current(key)) || undefined;
    },
    pinned: async (object) => {
      called('pinned', object.key);
      return stored(find(object)) || undefined;
    },
    mark: async (object) => {
      called('mark', object.key);
      return find(object)?.mark;
    },
    setMark: async (object, mark) => {
      called('setMark', object.key);
      const found = find(object);
      if (found?.body !== undefined) found.mark = mark;
    },
    keys: async (prefix, atMost) => {
      called('keys', prefix);
      const keys = [...new Set(versions.map(({ key }) => key))].filter(
        (key) => key.startsWith(prefix) && current(key)?.body !== undefined,
      );
      return keys.sort().slice(0, atMost);
    },
    bytes: async ({ key, versionId, size }) => {
      called('bytes', key);
      const body = find({ key, versionId })?.body;
      if (body === undefined || body.length < size) throw new UploadChanged(`${key} ends early`);
      return (async function* () {
        yield body.subarray(0, size);
      })();
    },
  };
  return {
    objects,
    faults,
    calls: () => calls,
    all: () => versions.map((version) => ({ ...version })),
    current,
    put: (key: string, body: string | Buffer, { mark, stored = true }: { mark?: string; stored?: boolean } = {}) => {
      const bytes = Buffer.from(body);
      return add({ key, body: bytes, mark, stored: stored ? digestOf(bytes) : undefined });
    },
    hide: (key: string) => add({ key, body: undefined }),
    erase: (object: { key: string; versionId: string }) => {
      versions = versions.filter(({ key, versionId }) => key !== object.key || versionId !== object.versionId);
    },
    /** Under the same S3 version, and nothing that S3 says of it changes. */
    corrupt: (object: { key: string; versionId: string }, change: (body: Buffer) => Buffer) => {
      const found = find(object);
      if (found?.body !== undefined) found.body = change(found.body);
    },
    change: (object: { key: string; versionId: string }, what: Partial<Pick<ObjectVersion, 'mark' | 'stored'>>) =>
      Object.assign(find(object) ?? {}, what),
  };
};

const memoryMarks = () => {
  const standing = new Map<string, VersionMark>();
  const marks: Marks = {
    all: async () => [...standing.values()],
    swap: async (mark) => {
      await Promise.resolve();
      if ((standing.get(nameOf(mark))?.revision ?? 0) !== mark.revision) return false;
      standing.set(nameOf(mark), { ...mark, revision: mark.revision + 1 });
      return true;
    },
  };
  return { marks, standing };
};

export type Verifying = {
  readonly rules?: Parameters<typeof VerificationRules.parse>[0];
  readonly random?: () => number;
  readonly seconds?: number;
  readonly signer?: ReturnType<typeof p256Signer>;
};

const BYTES: Readonly<Record<string, string>> = {
  'manifest.json': '{"model":"m"}',
  'model.onnx': 'weights',
  'a/b.txt': 'notes',
};

/** Making keys and signatures is most of what a plane costs, and which key it is makes no difference. */
const shared = p256Signer();
const signatures = new Map<string, Awaited<ReturnType<typeof signFiles>>>();
const signedOnce = async (files: Readonly<Record<string, string>>, signer: typeof shared) => {
  const name = JSON.stringify([signer.publicKeyPem, files]);
  const signed = signatures.get(name) ?? (await signFiles(files, signer));
  signatures.set(name, signed);
  return signed;
};

/** A plane with registered versions, over memory, and continuous verification of them. */
export const memoryVerification = ({
  rules = {},
  random = () => 0.5,
  seconds = 600,
  signer = shared,
}: Verifying = {}) => {
  const bucket = memoryBucket();
  const evidence = memoryEvidence();
  const facts: Fact[] = [];
  const held = memoryHolds(facts);
  const { marks, standing } = memoryMarks();
  const records = new Map<string, RegisteredVersion>();
  const time = { now: new Date('2026-11-23T12:00:00Z') };
  const clock = { now: () => time.now };
  const trust: { keys: Trust } = { keys: { publicKeyPem: signer.publicKeyPem } };
  const serves = { served: [] as Named[], unseen: [] as string[], blind: false };
  const measured: [string, number][] = [];
  const measure = ((metric: { name: string }, value: number) => measured.push([metric.name, value])) as Measure;
  const place = placeHold({ holds: held.holds, clock });
  const ports: VerificationPorts = {
    registered: {
      all: async () => [...records.values()],
      find: async (subject) => records.get(nameOf(subject)),
    },
    objects: bucket.objects,
    evidence,
    signature: verifySignature(async () => trust.keys),
    serving: {
      look: async () => {
        if (serves.blind) throw new Error('the deployments cannot be read');
        return serves;
      },
    },
    marks,
    outbox: {
      put: async (fact) => {
        if (!facts.some(({ id }) => id === fact.id)) facts.push(fact);
      },
    },
    placeHold: async (hold) => {
      const { deployment, runbook, ...request } = holdContract.tasks.placeHold.input.parse(holdTask(hold));
      await place({ ...request, deployment: deployment ?? undefined, runbook: runbook ?? undefined });
    },
    holds: held.holds,
    rules: VerificationRules.parse(rules),
    random,
    clock,
    measure,
    seconds,
  };
  const keep = (key: string, document: unknown) => {
    const body = canonicalJson(document as Json);
    evidence.standing.set(key, body);
    return { key, digest: digestOf(body) };
  };

  /** What intake leaves behind: pinned and cleared objects, the signature beside them, evidence, the record. */
  const register = async (subject: Named, files: Readonly<Record<string, string>> = BYTES, { stored = true } = {}) => {
    const prefix = intake.keys.prefix(subject);
    const attempt = { bucket: 'models', ...subject, id: 'a1', manifest: 'a1', look: 0, lastLook: false };
    const pinned = Object.entries(files).map(([path, body]) => {
      const key = `${prefix}${path}`;
      return { path, key, versionId: bucket.put(key, body, { mark: CLEARED, stored }), size: Buffer.byteLength(body) };
    });
    const { bundle, resources } = await signedOnce(files, signer);
    const digests = resources.map(({ name, digest }) => ({ path: name, digest, source: 'read', bytesRead: 0 }));
    const root = rootDigestOf(resources);
    const bytes = pinned.reduce((sum, { size }) => sum + size, 0);
    const at = (name: string) => `intake/${nameOf(subject)}/a1/0/${name}.json`;
    evidence.standing.set(at('bundle'), bundle);
    const record = RegisteredVersion.parse({
      ...subject,
      root,
      owner: 'lending',
      format: 'onnx',
      tier: 'standard',
      stage: 'registered',
      registeredAt: time.now.toISOString(),
      attempt: 'a1',
      files: pinned.length,
      bytes,
      bundle: {
        key: intake.keys.bundle(subject),
        versionId: bucket.put(intake.keys.bundle(subject), bundle, { mark: CLEARED }),
      },
      evidence: {
        inventory: keep(at('inventory'), { attempt, files: pinned, bytes }),
        digests: keep(at('digests'), { root, files: digests, bytesRead: 0, mismatches: [] }),
        bundle: { key: at('bundle'), digest: digestOf(bundle) },
      },
    });
    records.set(nameOf(subject), record);
    return { record, pinned, subject, text: bundle };
  };

  const run = verifyVersions(ports);
  return {
    ...bucket,
    ports,
    trust,
    evidence,
    facts,
    records,
    marks: standing,
    measured,
    serves,
    time,
    held: () => held.now().holds,
    loseHolds: held.lose,
    register,
    verify: async (after = 60) => {
      time.now = new Date(time.now.getTime() + after * 1000);
      measured.length = 0;
      return run();
    },
    verifyOne: verifyOne(ports),
    markOf: (subject: Named) => standing.get(nameOf(subject)),
    factsOf: (type: string) => facts.filter((fact) => fact.type === type).map(({ detail }) => detail),
    lift: (id: string) =>
      liftHold({ holds: held.holds, clock })({
        id,
        by: { kind: 'person', arn: 'arn:aws:iam::111122223333:user/eva' },
        reason: 'mended',
      }),
  };
};
