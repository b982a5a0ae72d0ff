import { randomBytes } from 'node:crypto';
import { access, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { MANIFEST } from '../core/intake/contract.ts';
import { type Placeholder, placeholdersIn } from '../core/intake/placeholders.ts';
import { ModelId, VersionId } from '../core/kernel/identity.ts';
import type { Reason } from '../core/kernel/reason.ts';
import { show } from '../core/kernel/reason.ts';
import { artifactFormat } from './artifact-format.ts';
import type { Context } from './context.ts';
import { type Folder, hashAll, reading } from './files.ts';
import { readCheckout } from './git.ts';
import { walkUpload } from './local-upload.ts';
import { readMlflow } from './mlflow.ts';
import { readModelCard } from './model-card.ts';
import { EXIT, misused, type Outcome } from './outcome.ts';
import { skeleton } from './skeleton.ts';
import { counted, inBytes, oneLine, reasonLines, table } from './text.ts';
import type { Told } from './told.ts';

export type InitDocument = {
  readonly outcome: 'written';
  readonly manifest: string;
  readonly files: number;
  readonly bytes: number;
  readonly fillIn: readonly Placeholder[];
  readonly notes: readonly string[];
  readonly leftOut: readonly string[];
  /** What intake would refuse whatever the manifest says. */
  readonly reasons: readonly Reason[];
};

export type InitRequest = {
  readonly dir: string;
  readonly model?: string | undefined;
  readonly version?: string | undefined;
  readonly owner?: string | undefined;
  readonly force: boolean;
};

/** A folder `…/<model>/<version>`, or `…/<model>`, says what it holds, if the names can be names here. */
const namesIn = (dir: string): { model?: string | undefined; version?: string | undefined } => {
  const [own, above] = [basename(resolve(dir)), basename(dirname(resolve(dir)))];
  if (/^v?\d/.test(own) && VersionId.safeParse(own).success)
    return { version: own, model: ModelId.safeParse(above).data };
  return { model: ModelId.safeParse(own).data };
};

const readTold = async ({ files }: Folder): Promise<Told & { readonly isMlflow: boolean }> => {
  const [card, mlflow] = [await readModelCard(files), await readMlflow(files)];
  return { ...card, ...mlflow, notes: [...card.notes, ...(mlflow?.notes ?? [])], isMlflow: mlflow !== undefined };
};

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

const standing = (file: string) =>
  misused({
    path: 'DIR',
    message: 'there is a manifest already',
    found: show(file),
    fix: '--force writes over it; what stood there is gone then.',
  });

const codeOf = (cause: unknown) => (cause as NodeJS.ErrnoException | undefined)?.code;

/** Over a manifest that stands only when asked to, and then in one step: a crash leaves the old one or the new one. */
const write = async (file: string, text: string, force: boolean): Promise<void> => {
  if (!force)
    return reading(file, writeFile(file, text, { flag: 'wx' })).catch((cause: Error) => {
      throw codeOf(cause.cause) === 'EEXIST' ? standing(file) : cause;
    });
  const part = `${file}.${randomBytes(4).toString('hex')}.part`;
  try {
    await reading(part, writeFile(part, text, { flag: 'wx' }));
    await reading(file, rename(part, file));
  } finally {
    await rm(part, { force: true });
  }
};

const textOf = ({ manifest, files, bytes, fillIn, notes, reasons, leftOut }: InitDocument): string =>
  [
    `✓ ${oneLine(manifest)} written: ${counted(files, 'file')}, ${inBytes(bytes)}`,
    ...notes.map((note) => `  ${oneLine(note)}`),
    ...(leftOut.length === 0 ? [] : [`! never uploaded: ${leftOut.map(oneLine).join(', ')}`]),
    ...(reasons.length === 0 ? [] : ['! intake would refuse:', ...reasonLines(reasons)]),
    ...(fillIn.length === 0 ? [] : ['', `… ${counted(fillIn.length, 'place')} to fill in:`]),
    ...table(fillIn.map(({ path, what }) => ['   ', path, what])),
    '',
    `Then: clearance check ${oneLine(dirname(manifest))}`,
  ].join('\n');

/** Writes a manifest that says what the folder tells, and marks what only a human knows. */
export const init = async (request: InitRequest, context: Context): Promise<Outcome<InitDocument>> => {
  const { dir, force } = request;
  const file = join(dir, MANIFEST);
  const folder = await walkUpload(dir);
  if (!force && (await exists(file))) throw standing(file);
  const files = folder.files.filter(({ path }) => path !== MANIFEST);
  if (files.length === 0)
    throw misused({
      path: 'DIR',
      message: 'there is no file to declare',
      found: show(dir),
      fix: 'Name the folder of a model.',
    });
  const hashed = await hashAll(files, context);
  const told = await readTold(folder);
  const checkout = await readCheckout(dir);
  const guessed = namesIn(dir);
  const manifest = skeleton({
    model: request.model ?? guessed.model,
    version: request.version ?? guessed.version,
    owner: request.owner,
    format: told.isMlflow ? 'mlflow' : await artifactFormat(files, context),
    files: hashed.map(({ path, digest, size }) => ({ path, digest, size })),
    checkout,
    told,
  });
  await write(file, `${JSON.stringify(manifest, undefined, 2)}\n`, force);
  const document: InitDocument = {
    outcome: 'written',
    manifest: file,
    files: files.length,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    fillIn: placeholdersIn(manifest),
    notes: [
      ...told.notes,
      ...(['model', 'version'] as const).flatMap((name) =>
        request[name] === undefined && guessed[name] !== undefined ? [`${name} is named after the folder.`] : [],
      ),
      ...(checkout === undefined
        ? []
        : ['training.code is the commit of this folder; what is not committed is not in it.']),
    ],
    leftOut: folder.leftOut,
    reasons: folder.reasons,
  };
  return { exitCode: EXIT.yes, document, text: textOf(document) };
};
