import type { Reason } from '../kernel/reason.ts';
import type { RegisteredVersion } from '../registry/contract.ts';
import { checkVersion } from './check-version.ts';
import { conclude, unseen } from './conclude.ts';
import type { VersionMark } from './contract.ts';
import { recordGone } from './differences.ts';
import { hashFile } from './hash-file.ts';
import type { Contents } from './read-contents.ts';
import { nameOf, type Run, type Visited, writeMark } from './run.ts';

const LONGEST_CAUSE = 500;

/** Files that hashing found broken, hashed again; what cannot be read this time is as broken as it was. */
const stillBroken = async (run: Run, contents: Contents | undefined, before: readonly Reason[]): Promise<Reason[]> => {
  const still: Reason[] = [];
  for (const reason of before) {
    const file = contents?.files.find(({ path }) => path.toWellFormed() === reason.path);
    const found =
      file === undefined ? [reason] : await hashFile({ ...run.ports, meter: run.meter }, file).catch(() => [reason]);
    still.push(...found);
  }
  return still;
};

/** It was not looked at, and says nothing: what was known of the version stays true. */
const fail = (run: Run, before: VersionMark, cause: unknown): Promise<VersionMark> => {
  const { name: error, message } = cause instanceof Error ? cause : { name: 'Error', message: String(cause) };
  const since = before.failed?.since ?? run.at;
  const failed = { since, error, cause: message.slice(0, LONGEST_CAUSE).toWellFormed() };
  run.failed.add(nameOf(before));
  return writeMark(run, { ...before, triedAt: run.at, failed });
};

const look = async (run: Run, version: RegisteredVersion, before: VersionMark): Promise<Visited> => {
  const ports = { ...run.ports, meter: run.meter };
  const checked = await checkVersion(ports, version, { quarantined: before.quarantinedAt !== null });
  const { contents, reasons } = checked;
  const broken = await stillBroken(run, contents, before.broken);
  return { contents, mark: await conclude(run, { before, root: version.root, reasons, broken }) };
};

/** A version that has a mark was registered, and nothing takes it out of the registry again. */
const lookAfter = async (run: Run, before: VersionMark): Promise<Visited> => {
  const version = await run.ports.registered.find(before);
  if (version !== undefined) return look(run, version, before);
  const { broken } = before;
  return { contents: undefined, mark: await conclude(run, { before, root: null, reasons: [recordGone()], broken }) };
};

/** Looks at one version, once in a run, without reading its bytes. */
export const visit = async (run: Run, subject: Pick<VersionMark, 'model' | 'version'>): Promise<Visited> => {
  const name = nameOf(subject);
  const known = run.visited.get(name);
  if (known !== undefined) return known;
  const before = run.marks.get(name) ?? unseen(subject, run.at);
  const version = run.records.get(name);
  const looked = version === undefined ? lookAfter(run, before) : look(run, version, before);
  const visited = await looked.catch(async (cause) => ({ contents: undefined, mark: await fail(run, before, cause) }));
  run.visited.set(name, visited);
  return visited;
};
