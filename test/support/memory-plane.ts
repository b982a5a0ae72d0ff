import { createHash } from 'node:crypto';
import type { AttemptRecord } from '../../core/intake/attempt.ts';
import { dueAt } from '../../core/intake/attempt.ts';
import { type Attempt, IntakeLimits, intake } from '../../core/intake/contract.ts';
import type { WorkflowInput } from '../../core/intake/ports.ts';
import { readManifest } from '../../core/intake/read-manifest.ts';
import type { StoredObject } from '../../core/intake/take-stock.ts';
import { type Digest, digestOf } from '../../core/kernel/digest.ts';
import type { Fact } from '../../core/kernel/fact.ts';
import { memoryEvidence } from './memory-evidence.ts';

type ObjectVersion = { key: string; versionId: string; body: Buffer; mark?: string; stored: boolean };

/** The ports of intake over memory: buckets with versions, a table with compare-and-swap, a clock that is set. */
export const memoryPlane = (limits: Partial<IntakeLimits> = {}) => {
  const versions: ObjectVersion[] = [];
  const records = new Map<string, AttemptRecord>();
  const facts: Fact[] = [];
  const started: WorkflowInput[] = [];
  const registered = new Map<string, { root: Digest }>();
  const time = { now: new Date('2026-01-01T00:00:00Z') };
  const evidence = memoryEvidence();
  const answers = new Map<string, string>();
  const idOf = ({ model, version, id }: { model: string; version: string; id: string }) => `${model}/${version}/${id}`;
  const current = () => [...new Map(versions.map((version) => [version.key, version])).values()];
  const pinned = (object: { key: string; versionId: string }) => {
    const found = versions.find((version) => version.key === object.key && version.versionId === object.versionId);
    if (found === undefined) throw new Error(`no version ${object.versionId} of ${object.key}`);
    return found;
  };

  return {
    limits: IntakeLimits.parse(limits),
    evidence,
    answers: {
      putOnce: async (_bucket: string, key: string, body: string) => {
        if (!answers.has(key)) answers.set(key, body);
        return answers.get(key) ?? '';
      },
    },
    answered: (attempt: Attempt) => JSON.parse(answers.get(intake.keys.answer(attempt)) ?? 'null'),
    clock: { now: () => time.now },
    pass: (seconds: number) => {
      time.now = new Date(time.now.getTime() + seconds * 1000);
    },
    facts,
    started,
    records,
    registered,
    put: (key: string, body: string | Uint8Array, { stored = false } = {}) => {
      const versionId = `v${versions.length + 1}`;
      versions.push({ key, versionId, body: Buffer.from(body), stored });
      return versionId;
    },
    markOf: (key: string, versionId: string) => pinned({ key, versionId }).mark,
    versions: {
      find: async (subject: { model: string; version: string }) =>
        registered.get(`${subject.model}/${subject.version}`),
    },
    read: async (bytes: Uint8Array, place: { model: string; version: string }) => readManifest(bytes, place),
    uploads: {
      list: async (attempt: Attempt, atMost: number): Promise<StoredObject[]> => {
        const prefix = intake.keys.prefix(attempt);
        return current()
          .filter(({ key }) => key.startsWith(prefix))
          .map(({ key, versionId, body }) => ({ path: key.slice(prefix.length), key, versionId, size: body.length }))
          .slice(0, atMost);
      },
      manifest: async (attempt: Attempt, atMost: number) =>
        pinned({ key: `${intake.keys.prefix(attempt)}manifest.json`, versionId: attempt.manifest }).body.subarray(
          0,
          atMost,
        ),
    },
    bytes: {
      storedDigest: async (_bucket: string, file: { key: string; versionId: string }) => {
        const { stored, body } = pinned(file);
        return stored ? digestOf(body) : undefined;
      },
      stream: async (_bucket: string, file: { key: string; versionId: string }) =>
        (async function* () {
          yield pinned(file).body;
        })(),
    },
    marks: {
      find: async (_bucket: string, object: { key: string; versionId: string }) => pinned(object).mark,
      set: async (_bucket: string, object: { key: string; versionId: string }, mark: string) => {
        pinned(object).mark = mark;
      },
    },
    attempts: {
      find: async (identity: { model: string; version: string; id: string }) => records.get(idOf(identity)),
      ofVersion: async ({ model, version }: { model: string; version: string }) =>
        [...records.values()].filter((record) => record.model === model && record.version === version),
      due: async (now: Date, atMost: number) =>
        [...records.values()].filter((record) => (dueAt(record) ?? '~') <= now.toISOString()).slice(0, atMost),
      swap: async (record: AttemptRecord, fact?: Fact) => {
        await Promise.resolve();
        if ((records.get(idOf(record))?.revision ?? 0) !== record.revision) return false;
        records.set(idOf(record), { ...record, revision: record.revision + 1 });
        if (fact !== undefined) facts.push(fact);
        return true;
      },
    },
    workflows: {
      start: async (input: WorkflowInput) => {
        started.push(input);
      },
    },
  };
};

export const sha256 = (body: string | Uint8Array): Digest =>
  `sha256:${createHash('sha256').update(body).digest('hex')}` as Digest;
