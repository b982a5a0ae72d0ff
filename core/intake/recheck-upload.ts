import type { AttemptRecord } from './attempt.ts';
import { BUNDLE, intake, MANIFEST } from './contract.ts';
import type { Attempts, Marks, RegisteredVersions, Workflows } from './ports.ts';

/** An object that arrived under `models/` and is not a manifest. */
export type Arrival = { bucket: string; key: string; versionId: string };

export type RecheckPorts = {
  attempts: Attempts;
  versions: RegisteredVersions;
  marks: Pick<Marks, 'find'>;
  workflows: Workflows;
};

/** `later`: an attempt is running and may or may not have seen this object; ask again when it is over. */
export type Recheck = 'started' | 'nothing-to-do' | 'later';

/** A manifest announces itself, and the bundle is ours. */
const subjectOfKey = (key: string): { model: string; version: string } | undefined => {
  const [root, model, version, ...rest] = key.split('/');
  const path = rest.join('/');
  if (root !== 'models' || !model || !version || path === '') return undefined;
  return path === MANIFEST || path === BUNDLE ? undefined : { model, version };
};

/**
 * Looks again at an attempt that waits for files, or at a registered version that somebody wrote over: without an
 * announcement of its own such a write would have no answer.
 */
export const recheckUpload =
  ({ attempts, versions, marks, workflows }: RecheckPorts) =>
  async (arrival: Arrival): Promise<Recheck> => {
    const subject = subjectOfKey(arrival.key);
    if (subject === undefined) return 'nothing-to-do';
    const records = await attempts.ofVersion(subject);
    const start = async (record: AttemptRecord, trigger: string | null): Promise<Recheck> => {
      const key = `${intake.keys.prefix(subject)}${MANIFEST}`;
      await workflows.start({ bucket: arrival.bucket, key, versionId: record.manifest, trigger });
      return 'started';
    };
    const waiting = records.findLast((record) => record.status === 'incomplete');
    if (waiting !== undefined) {
      const recheck = await start(waiting, waiting.id === waiting.manifest ? null : waiting.id);
      // A newer manifest will supersede it without a look at this file, which would then have no answer.
      return waiting === records.at(-1) ? recheck : 'later';
    }
    if (records.some((record) => record.status === 'running')) return 'later';
    const latest = records.at(-1);
    if (latest === undefined || (await versions.find(subject)) === undefined) return 'nothing-to-do';
    const marked = await marks.find(arrival.bucket, arrival);
    return marked === undefined ? start(latest, arrival.versionId) : 'nothing-to-do';
  };
