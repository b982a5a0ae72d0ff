import { concurrently } from '../kernel/concurrently.ts';
import type { Reason } from '../kernel/reason.ts';
import { conclude } from './conclude.ts';
import type { VersionMark } from './contract.ts';
import type { RegisteredFile } from './differences.ts';
import { OutOfTime } from './failures.ts';
import { hashFile } from './hash-file.ts';
import { isOver } from './meter.ts';
import { nameOf, type Run, type Visited, writeMark } from './run.ts';

/** Objects under way at once; each holds one window of ranges in memory. */
const WIDTH = 8;

/** The next files that fit into what is left. The first of a budget that nothing was taken from always does. */
const nextFiles = (
  files: readonly RegisteredFile[],
  from: number,
  left: number,
  isFresh: boolean,
): RegisteredFile[] => {
  const taken: RegisteredFile[] = [];
  let room = left;
  for (const file of files.slice(from, from + WIDTH)) {
    const fits = file.size <= room || (isFresh && taken.length === 0);
    if (!fits) break;
    taken.push(file);
    room -= file.size;
  }
  return taken;
};

type Budget = { left: number; isFresh: boolean };

const hashAll = async (run: Run, files: readonly RegisteredFile[], budget: Budget): Promise<Reason[]> => {
  const before = run.meter.bytes;
  const ports = { ...run.ports, meter: run.meter };
  const found = await concurrently(files, WIDTH, (file) => hashFile(ports, file));
  budget.left -= run.meter.bytes - before;
  budget.isFresh = false;
  return found.flat();
};

const altered = async (run: Run, visited: Visited, mark: VersionMark, broken: readonly Reason[]): Promise<void> => {
  const root = run.records.get(nameOf(mark))?.root ?? null;
  const concluded = await conclude(run, { before: mark, root, reasons: [], broken: [...mark.broken, ...broken] });
  run.visited.set(nameOf(mark), { ...visited, mark: concluded });
};

/**
 * Goes on with the pass over the files of a version, until they or the budget are at their end. A version that was found
 * altered is mended first: hashing more of it tells nothing new.
 */
export const deepen = async (run: Run, visited: Visited, budget: Budget): Promise<void> => {
  const { contents, mark } = visited;
  if (contents === undefined || mark.altered?.now || mark.failed !== null) return;
  const { files } = contents;
  const startedAt = mark.pass?.startedAt ?? run.at;
  const from = mark.pass?.next ?? 0;
  let next = from;
  let stuck = false;
  while (next < files.length && !isOver(run.meter)) {
    const taken = nextFiles(files, next, budget.left, budget.isFresh);
    if (taken.length === 0) break;
    try {
      const broken = await hashAll(run, taken, budget);
      if (broken.length > 0) return altered(run, visited, mark, broken);
    } catch (cause) {
      if (!(cause instanceof OutOfTime)) run.failed.add(nameOf(mark));
      stuck = next === from;
      break;
    }
    next += taken.length;
  }
  const isDone = next >= files.length;
  const pass = isDone ? null : { startedAt, next, stuck };
  const hashed = { ...mark, pass, hashedAt: isDone ? startedAt : mark.hashedAt };
  const standing =
    isDone && mark.altered !== null
      ? await conclude(run, { before: hashed, root: null, reasons: [], broken: [] })
      : await writeMark(run, hashed);
  run.visited.set(nameOf(mark), { contents, mark: standing });
};

/** One object, read out of turn: whoever changes bytes cannot know that nobody will look before long. */
export const spotCheck = async (run: Run, visited: Visited, budget: Budget): Promise<void> => {
  const { contents, mark } = visited;
  if (contents === undefined || mark.altered?.now || contents.files.length === 0) return;
  const file = contents.files[Math.floor(run.ports.random() * contents.files.length)];
  if (file === undefined || file.size > budget.left) return;
  try {
    const broken = await hashAll(run, [file], budget);
    if (broken.length > 0) await altered(run, visited, mark, broken);
  } catch (cause) {
    if (!(cause instanceof OutOfTime)) run.failed.add(nameOf(mark));
  }
};
