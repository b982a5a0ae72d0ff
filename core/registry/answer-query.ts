import { type AttemptStatus, DigestReport, Inventory } from '../intake/contract.ts';
import { type EvidenceRef, type EvidenceStore, readEvidence } from '../kernel/evidence.ts';
import type { LineageEdge } from '../lineage/contract.ts';
import type { Verified } from '../verification/contract.ts';
import type { FilePage, Lineage, ModelDetail, ModelList, VersionStatus } from './api.ts';
import type { ModelHead, RegisteredVersion } from './contract.ts';
import { modelNode } from './lineage-edges.ts';

type Subject = { model: string; version: string };

/** What a query reads. Lists come from indexes; a single version is read strongly consistent. */
export type RegistryReader = {
  heads(): Promise<ModelHead[]>;
  head(model: string): Promise<ModelHead | undefined>;
  versions(model: string): Promise<RegisteredVersion[]>;
  version(subject: Subject): Promise<RegisteredVersion | undefined>;
  edges(node: string, direction: 'upstream' | 'downstream'): Promise<LineageEdge[]>;
};

export type QueryPorts = {
  registry: RegistryReader;
  /** Attempts at a version, oldest first. */
  attempts(subject: Subject): Promise<AttemptStatus[]>;
  /** How the registered versions of a model, by name, stood when they were last looked at. */
  verified(model: string): Promise<ReadonlyMap<string, Verified>>;
  evidence: EvidenceStore;
  modelBucket: string;
};

const stateOf = (registered: boolean, newest: AttemptStatus | undefined): VersionStatus['state'] => {
  if (registered) return 'registered';
  if (newest === undefined) return 'unknown';
  if (newest.status !== 'answered') return newest.status;
  return newest.outcome === 'rejected' ? 'rejected' : 'running';
};

/** Enough for any client's memory, and below what Lambda may return. */
const PAGE = 2000;

const evidenceOf = (version: RegisteredVersion, name: string): EvidenceRef => {
  const ref = version.evidence[name];
  if (ref === undefined) throw new Error(`${version.model} ${version.version} was registered without ${name}`);
  return ref;
};

const lookedAt = (all: ReadonlyMap<string, Verified>, version: string): { verified?: Verified } => {
  const verified = all.get(version);
  return verified === undefined ? {} : { verified };
};

export const answerQuery = (ports: QueryPorts) => ({
  models: async (): Promise<ModelList> => ({ models: await ports.registry.heads() }),

  model: async (model: string): Promise<ModelDetail | undefined> => {
    const head = await ports.registry.head(model);
    if (head === undefined) return undefined;
    const [versions, verified] = await Promise.all([ports.registry.versions(model), ports.verified(model)]);
    return { head, versions: versions.map((record) => ({ ...record, ...lookedAt(verified, record.version) })) };
  },

  status: async (subject: Subject): Promise<VersionStatus> => {
    const registered = await ports.registry.version(subject);
    const attempts = (await ports.attempts(subject)).reverse();
    return {
      ...subject,
      state: stateOf(registered !== undefined, attempts[0]),
      attempts,
      ...(registered !== undefined && {
        registered,
        ...lookedAt(await ports.verified(subject.model), subject.version),
      }),
    };
  },

  files: async (subject: Subject, from: number): Promise<FilePage | undefined> => {
    const version = await ports.registry.version(subject);
    if (version === undefined) return undefined;
    const { files } = await readEvidence(ports.evidence, evidenceOf(version, 'inventory'), Inventory);
    const report = await readEvidence(ports.evidence, evidenceOf(version, 'digests'), DigestReport);
    const digests = new Map(report.files.map((file) => [file.path, file.digest]));
    const page = files.slice(from, from + PAGE).flatMap(({ path, key, versionId, size }) => {
      const digest = digests.get(path);
      return digest === undefined ? [] : [{ path, key, versionId, size, digest }];
    });
    return {
      bucket: ports.modelBucket,
      root: version.root,
      files: page,
      bundle: version.bundle,
      ...(from + PAGE < files.length && { next: String(from + PAGE) }),
    };
  },

  lineage: async (subject: Subject): Promise<Lineage | undefined> => {
    const version = await ports.registry.version(subject);
    if (version === undefined) return undefined;
    const node = modelNode(version.root);
    const [upstream, downstream] = await Promise.all([
      ports.registry.edges(node, 'upstream'),
      ports.registry.edges(node, 'downstream'),
    ]);
    return { node, upstream, downstream };
  },
});
