import { readFile, writeFile } from 'node:fs/promises';
import { show } from '../core/kernel/reason.ts';
import { registryApi } from '../core/registry/api.ts';
import { keyHint } from '../core/signing/public-key.ts';
import { reading } from './files.ts';
import { couldNotTell, EXIT, misused, type Outcome } from './outcome.ts';
import type { Plane } from './plane.ts';

export type KeyDocument = {
  readonly pem: string;
  readonly keyArn: string;
  /** SHA-256 of the PEM text: how bundles name the key. */
  readonly hint: string;
  readonly file?: string;
};

/** A key that others trust is not written over: a plane that suddenly signs with another one is news. */
const keep = async (file: string, pem: string): Promise<void> => {
  const standing = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  if (standing === pem) return;
  if (standing !== undefined)
    throw misused({
      path: '--out',
      message: 'this file holds something else than the key of this plane',
      found: show(file),
      fix: 'Find out why, then write to another file or delete this one.',
    });
  await writeFile(file, pem, { flag: 'wx' });
};

/** The public key that a plane's signatures are checked with. */
export const key = async ({ out }: { out?: string | undefined }, plane: Plane): Promise<Outcome<KeyDocument>> => {
  const answer = await plane.ask(registryApi.key, {});
  if (answer === undefined) throw couldNotTell({ message: 'the plane does not tell its key', fix: 'Try again later.' });
  const document = { ...answer, hint: keyHint(answer.pem), ...(out !== undefined && { file: out }) };
  if (out === undefined) return { exitCode: EXIT.yes, document, text: answer.pem.trimEnd() };
  await reading(out, keep(out, answer.pem));
  return { exitCode: EXIT.yes, document, text: `✓ ${out} holds the key of ${answer.keyArn}, SHA-256 ${document.hint}` };
};
