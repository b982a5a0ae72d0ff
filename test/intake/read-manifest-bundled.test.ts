import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readManifest } from '../../core/intake/read-manifest.ts';
import { bundleHandler } from '../../scripts/bundle-handler.ts';
import { completeManifest } from '../support/manifest.ts';

/** Handlers are built without parts of zod, which the code that explains a mistake must not need. */
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'bundled-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const bundled = async (): Promise<typeof readManifest> => {
  const source = join(import.meta.dirname, '../../core/intake/read-manifest.ts');
  mkdirSync(join(root, 'functions/intake'), { recursive: true });
  writeFileSync(
    join(root, 'functions/intake/read-manifest.handler.ts'),
    `export { readManifest } from ${JSON.stringify(source)};\n`,
  );
  const { files } = await bundleHandler(root, 'intake/read-manifest');
  for (const [name, contents] of files) writeFileSync(join(root, name), contents);
  return (await import(pathToFileURL(join(root, 'index.mjs')).href)).readManifest;
};

/** One wrong value of every kind in every place: each field is given what it cannot take. */
const wrongEverywhere = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(wrongEverywhere);
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? -0.5 : 'wrong\u0000';
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, wrongEverywhere(member)]));
};

test('a manifest is read in a handler as it is read here, mistake by mistake', async () => {
  const place = { model: 'fraud', version: '1.4.0' };
  const readBundled = await bundled();

  for (const document of [completeManifest(), wrongEverywhere(completeManifest()), {}, { risk: {}, training: [] }]) {
    const bytes = new TextEncoder().encode(JSON.stringify(document));

    expect(readBundled(bytes, place)).toEqual(readManifest(bytes, place));
  }
});
