import type { ARTIFACT_FORMATS } from '../core/intake/manifest.ts';
import { scanFile } from '../core/scanning/scan-file.ts';
import type { Context } from './context.ts';
import { type LocalFile, withSource } from './files.ts';
import { oneLine } from './text.ts';

export type ArtifactFormat = (typeof ARTIFACT_FORMATS)[number];

/** The scanner's words for what content is, as the manifest calls it. */
const FORMATS: ReadonlyMap<string, ArtifactFormat> = new Map([
  ['safetensors', 'safetensors'],
  ['torch-zip', 'pytorch'],
  ['torch-legacy', 'pytorch'],
  ['onnx', 'onnx'],
  ['gguf', 'gguf'],
  ['hdf5', 'keras'],
  ['keras', 'keras'],
  ['keras-config', 'keras'],
  ['joblib', 'joblib'],
  ['pickle', 'pickle'],
  ['npy', 'numpy'],
  ['npz', 'numpy'],
]);

/** Text formats that several libraries share are told by how these begin. */
const TEXT_STARTS: readonly (readonly [RegExp, ArtifactFormat])[] = [
  [/^\s*\{\s*"learner"\s*:/, 'xgboost'],
  [/^tree\r?\nversion=v/, 'lightgbm'],
];
const START_BYTES = 256;
const TEXTS = new Set(['json', 'text']);

const ofContent = (path: string, content: string): ArtifactFormat | undefined => {
  // A library's archive and a compressed pickle are what they hold.
  const inner = content.slice(content.lastIndexOf('+') + 1);
  const found = FORMATS.get(inner);
  return found === 'pickle' && path.endsWith('.joblib') ? 'joblib' : found;
};

const formatOf = (file: LocalFile): Promise<ArtifactFormat | undefined> =>
  withSource(file, async (source) => {
    const { format } = await scanFile(file.path, source);
    if (!TEXTS.has(format)) return ofContent(file.path, format);
    const start = Buffer.from(await source.read(0, START_BYTES)).toString('utf8');
    return TEXT_STARTS.find(([pattern]) => pattern.test(start))?.[1];
  });

/** What the largest file that is a model is, told by its content. */
export const artifactFormat = async (
  files: readonly LocalFile[],
  context: Context,
): Promise<ArtifactFormat | undefined> => {
  for (const file of files.toSorted((a, b) => b.size - a.size)) {
    context.signal.throwIfAborted();
    context.progress(`looking into ${oneLine(file.path)}`);
    const format = await formatOf(file);
    if (format !== undefined) return format;
  }
  return undefined;
};
