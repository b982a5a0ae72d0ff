import { holdsInScope } from '../hold/contract.ts';
import { CLEARED, intake, QUARANTINED } from '../intake/contract.ts';
import { concurrently } from '../kernel/concurrently.ts';
import { ALTERED } from './contract.ts';
import type { RegisteredFile } from './differences.ts';
import { quarantinedFact, restoredFact } from './facts.ts';
import { nameOf, type Run, type Visited, writeMark } from './run.ts';

const WIDTH = 16;
const LISTED = 20_000;

const everything = ({ contents }: Visited): RegisteredFile[] =>
  contents === undefined ? [] : [...contents.files, contents.bundle];

/** What was registered, and whatever else a reader would get below the prefix. */
const takeFromReaders = async ({ ports: { objects } }: Run, visited: Visited): Promise<void> => {
  await concurrently(everything(visited), WIDTH, (file) => objects.setMark(file, QUARANTINED));
  const keys = await objects.keys(intake.keys.prefix(visited.mark), LISTED);
  await concurrently(keys, WIDTH, async (key) => {
    const current = await objects.current(key);
    if (current === undefined) return;
    const object = { key, versionId: current.versionId };
    if ((await objects.mark(object)) === CLEARED) await objects.setMark(object, QUARANTINED);
  });
};

/**
 * The intent is written first: whoever comes after a run that died in between knows whose marks they are. It is done again
 * in every run, since a submitted copy of the registered files would have intake clear them.
 */
const setAside = async (run: Run, visited: Visited): Promise<void> => {
  const { mark } = visited;
  if (mark.altered === null) return;
  if (mark.quarantinedAt === null) {
    const fact = quarantinedFact(mark, mark.altered, run.at);
    await writeMark(run, { ...mark, quarantinedAt: run.at }, fact);
  }
  await takeFromReaders(run, visited);
};

const giveBack = async (run: Run, visited: Visited): Promise<void> => {
  const { mark } = visited;
  if (mark.altered === null) return;
  await concurrently(everything(visited), WIDTH, (file) => run.ports.objects.setMark(file, CLEARED));
  const fact = restoredFact(mark, mark.altered, run.at);
  run.altered.delete(nameOf(mark));
  await writeMark(run, { ...mark, altered: null, quarantinedAt: null }, fact);
};

/** Looked at after the holds stand: from then on no rollout takes a step towards what is held. */
const mayServe = async ({ ports }: Run): Promise<(visited: Visited) => boolean> => {
  const { served, unseen } = await ports.serving.look();
  const names = new Set(served.map(nameOf));
  return ({ mark }) => unseen.includes(mark.model) || names.has(nameOf(mark));
};

const isHeld = async ({ ports, meter }: Run): Promise<(visited: Visited) => boolean> => {
  const list = await ports.holds.list();
  return ({ mark: { model, version } }) =>
    holdsInScope(list, { model, version, environment: '' }, meter.clock.now()).some(
      ({ placedBy }) => placedBy.kind === 'signal' && placedBy.signal === ALTERED,
    );
};

/**
 * Keeps readers from what is altered, and gives back what is not any more. A version that serves, or may, is left to its
 * readers until it is rolled back: denied, its servers would fail one after the other as they start anew. It comes back
 * when every byte was hashed again and a person has lifted the hold.
 * @throws when it cannot be told what serves or what is held: then nothing changes for any reader
 */
export const settleReaders = async (run: Run): Promise<void> => {
  const visited = [...run.visited.values()];
  const altered = visited.filter(({ mark }) => mark.altered?.now);
  const mended = visited.filter(
    ({ mark, contents }) =>
      mark.altered?.now === false && mark.quarantinedAt !== null && mark.hashedAt !== null && contents !== undefined,
  );
  const again = altered.filter(({ mark }) => mark.quarantinedAt !== null);
  for (const version of again) await setAside(run, version);
  const newly = altered.filter(({ mark }) => mark.quarantinedAt === null);
  if (newly.length > 0) {
    const serves = await mayServe(run);
    for (const version of newly) if (!serves(version)) await setAside(run, version);
  }
  if (mended.length === 0) return;
  const held = await isHeld(run);
  for (const version of mended) if (!held(version)) await giveBack(run, version);
};
