import { HASH_BYTES, type TreeHead } from './merkle.ts';
import { type NoteKey, openNote } from './note.ts';

/** What a log says it is at one moment (https://c2sp.org/tlog-checkpoint). */
export type Checkpoint = TreeHead & { readonly origin: string };

/** The text that is signed. */
export const checkpointText = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${root.toString('base64')}\n`;

/** Lines after the third are extensions, which whoever does not know them passes over. */
const parse = (text: string): Checkpoint | undefined => {
  const [origin = '', count = '', encoded = '', ...rest] = text.split('\n');
  const root = Buffer.from(encoded, 'base64');
  const size = Number(count);
  if (origin === '' || !/^(?:0|[1-9]\d*)$/.test(count) || !Number.isSafeInteger(size)) return undefined;
  if (root.length !== HASH_BYTES || root.toString('base64') !== encoded) return undefined;
  return rest.at(-1) === '' ? { origin, size, root } : undefined;
};

/** The checkpoint in a note that the log's key signed, or nothing. A key speaks for the one log that it is named for. */
export const openCheckpoint = (note: string, key: NoteKey): Checkpoint | undefined => {
  const text = openNote(note, key);
  const checkpoint = text === undefined ? undefined : parse(text);
  return checkpoint?.origin === key.name ? checkpoint : undefined;
};
