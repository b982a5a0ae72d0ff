import { readFile } from 'node:fs/promises';
import { type NoteKey, readVerifierKey } from '../../core/audit/note.ts';
import { show } from '../../core/kernel/reason.ts';
import { misused } from '../outcome.ts';

/** The key of a log, given as a text or as the file that holds it. */
export const readLogKey = async (key: string): Promise<NoteKey> => {
  const text = readVerifierKey(key) === undefined ? await readFile(key, 'utf8').catch(() => '') : key;
  const found = readVerifierKey(text);
  if (found !== undefined) return found;
  throw misused({
    path: '--key',
    message: 'this is neither the key of a log nor a file that holds one',
    found: show(key),
    allowed: 'NAME+ID+KEY, an Ed25519 key as the specification of signed notes has it',
    fix: 'The log has it as log.vkey; compare it with aws kms get-public-key before you trust it.',
  });
};
