import { type Checkpoint, openCheckpoint } from '../../core/audit/checkpoint.ts';
import { CHECKPOINT, LOG_KEY } from '../../core/audit/contract.ts';
import { type NoteKey, readVerifierKey } from '../../core/audit/note.ts';
import { LogIncomplete } from '../../core/audit/tile.ts';
import { couldNotTell } from '../outcome.ts';
import type { Plane } from '../plane.ts';
import { readLogKey } from './log-key.ts';
import { type LogSource, logSource } from './log-source.ts';

export type LogChoice = {
  /** Where the log stands, when it is not that of a stage. */
  readonly log: string | undefined;
  /** The log's own word for it when left out: enough to make a proof, not to believe one. */
  readonly key: string | undefined;
};

export type OpenLog = LogSource & {
  readonly place: string;
  readonly key: NoteKey;
  readonly head: Checkpoint;
  readonly note: string;
};

const textAt = async ({ read }: LogSource, place: string, path: string): Promise<string> => {
  const bytes = await read(path);
  if (bytes !== undefined) return Buffer.from(bytes).toString('utf8');
  throw couldNotTell({
    path: `${place}/${path}`,
    message: 'there is no such object in the log',
    fix: 'Check the place; a log that was just made has nothing in it until the first fact is logged.',
  });
};

const placeOfStage = async (plane: Plane): Promise<string> => {
  const { stage, auditLog } = await plane.address();
  if (auditLog !== undefined) return `s3://${auditLog}`;
  throw couldNotTell({
    path: '--stage',
    message: `the plane of stage ${stage} has no audit log`,
    fix: 'Deploy the stage again, or name the log with --log.',
  });
};

/** A log with the tree that is signed now. */
export const openLog = async ({ log, key }: LogChoice, plane: Plane, signal: AbortSignal): Promise<OpenLog> => {
  const place = log ?? (await placeOfStage(plane));
  const source = await logSource(place, signal);
  const own = key === undefined ? readVerifierKey(await textAt(source, place, LOG_KEY)) : await readLogKey(key);
  const note = await textAt(source, place, CHECKPOINT);
  const head = own && openCheckpoint(note, own);
  if (own === undefined || head === undefined)
    throw couldNotTell({
      path: `${place}/${CHECKPOINT}`,
      message: 'this is no checkpoint that the key of the log signed',
      fix: 'clearance audit verify tells more.',
    });
  return { ...source, place, key: own, head, note };
};

/** A log that lacks what its checkpoint promises answers nothing; `verify` is what finds out why. */
export const readingLog = async <Result>(place: string, reading: Promise<Result>): Promise<Result> => {
  try {
    return await reading;
  } catch (cause) {
    if (!(cause instanceof LogIncomplete)) throw cause;
    throw couldNotTell(
      { path: `${place}/${cause.path}`, message: cause.message, fix: 'clearance audit verify tells what is wrong.' },
      { cause },
    );
  }
};
