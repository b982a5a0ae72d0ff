import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { settleReferences } from '../../core/scanning/settle-references.ts';
import { scanBytes } from './support.ts';

const FOLDER = fileURLToPath(new URL('../vectors/scanning/repositories/', import.meta.url));

const filesIn = (folder: string): string[] =>
  readdirSync(join(FOLDER, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(FOLDER.length))
    .sort();

const scanFolder = async (folder: string) => {
  const paths = filesIn(folder);
  const scans = await Promise.all(
    paths.map((path) => scanBytes(new Uint8Array(readFileSync(join(FOLDER, path))), path)),
  );
  return settleReferences(scans);
};

const FOLDERS = readdirSync(FOLDER).sort();

describe('a model folder as a library writes it', () => {
  test('is there for every library', () => {
    expect(FOLDERS).toEqual([
      'diffusers',
      'mlflow-pickle',
      'mlflow-skops',
      'peft',
      'sentence-transformers',
      'skops',
      'torchserve',
      'transformers',
      'transformers-templates',
    ]);
  });

  test.each(FOLDERS)('raises no alarm: %s', async (folder) => {
    const scans = await scanFolder(folder);

    expect(scans.length).toBeGreaterThan(0);
    expect(scans.filter(({ verdict, findings }) => verdict !== 'clean' || findings.length > 0)).toEqual([]);
  });

  test('is told for what it is', async () => {
    const formats = new Set((await Promise.all(FOLDERS.map(scanFolder))).flat().map(({ format }) => format));

    expect([...formats].sort()).toEqual([
      'chat-template',
      'diffusers',
      'environment',
      'json',
      'mlflow-model',
      'pickle',
      'requirements',
      'safetensors',
      'sentence-transformers',
      'skops',
      'torch-model-archive',
    ]);
  });
});
