import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../local/paths.ts';

const VECTORS = join(root, 'test', 'vectors', 'scanning');

/** By the names under which such files are found; scanners that go by names then look into them. */
const ENDINGS: readonly (readonly [RegExp, string])[] = [
  [/^z/, 'pt'],
  [/^t0[12]/, 'pt'],
  [/^t03/, 'bin'],
  [/^y/, 'npy'],
  [/^[jk]/, 'joblib'],
];

const endingOf = (id: string): string => ENDINGS.find(([pattern]) => pattern.test(id))?.[1] ?? 'pkl';

type Vector = { readonly id: string; readonly verdict: string; readonly b64: string };
type Compressed = { readonly files: readonly { readonly verdict: string; readonly base64: string }[] };

const readVectors = <Document>(name: string): Document => JSON.parse(readFileSync(join(VECTORS, name), 'utf8'));

/** Writes the hostile vectors of the tests as files. */
export const writeVectors = (folder: string): string[] => {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, base64: string): string => {
    const path = join(folder, name);
    writeFileSync(path, Buffer.from(base64, 'base64'));
    return path;
  };
  const pickles = readVectors<Vector[]>('pickle-corpus.json')
    .filter(({ verdict }) => verdict !== 'benign')
    .map(({ id, b64 }) => write(`${id}.${endingOf(id)}`, b64));
  const compressed = readVectors<Compressed>('compressed.json')
    .files.filter(({ verdict }) => verdict !== 'clean')
    .map(({ base64 }, index) => write(`compressed-${index}.joblib`, base64));
  return [...pickles, ...compressed];
};
