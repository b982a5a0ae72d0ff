import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { GateRules } from '../../core/gates/contract.ts';
import { evaluateGates } from '../../core/gates/evaluate-gates.ts';
import { MANIFEST } from '../../core/intake/contract.ts';
import type { Manifest } from '../../core/intake/manifest.ts';
import { readManifest } from '../../core/intake/read-manifest.ts';
import { digestOf } from '../../core/kernel/digest.ts';
import { describeReason } from '../../core/kernel/reason.ts';
import { rootDigestOf } from '../../core/kernel/root-digest.ts';
import { bufferSource } from '../../core/scanning/byte-source.ts';
import { scanFile } from '../../core/scanning/scan-file.ts';

const ROOT = fileURLToPath(new URL('../../models', import.meta.url));
const MOST_BYTES = 2 * 1024 * 1024;

const foldersIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() && entry.name !== '__pycache__' ? [entry.name] : [],
  );

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  );

const versions = foldersIn(ROOT).flatMap((model) =>
  foldersIn(join(ROOT, model)).map((version) => ({ model, version, folder: join(ROOT, model, version) })),
);

/** Reads it as intake does: schema and consistency, for the place where it lies. */
const manifestIn = (folder: string): Manifest => {
  const [model = '', version = ''] = folder.split(sep).slice(-2);
  const read = readManifest(readFileSync(join(folder, MANIFEST)), { model, version });
  if (read.outcome === 'valid') return read.manifest;
  throw new Error(`${folder}: ${read.reasons.map(describeReason).join('; ')}`);
};

const ascii = (bytes: Buffer, from: number, to: number) => bytes.toString('latin1', from, to);

/** The names in a zip's central directory, or none if this is no zip. */
const zipMembers = (bytes: Buffer): string[] => {
  const end = bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (ascii(bytes, 0, 4) !== 'PK\x03\x04' || end < 0) return [];
  const names: string[] = [];
  for (let at = bytes.readUInt32LE(end + 16); at < end && ascii(bytes, at, at + 4) === 'PK\x01\x02'; ) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    names.push(ascii(bytes, at + 46, at + 46 + name));
    at += 46 + name + extra + comment;
  }
  return names;
};

const safetensorsHeader = (bytes: Buffer): unknown => JSON.parse(ascii(bytes, 8, 8 + Number(bytes.readBigUInt64LE(0))));

/** What each format's own specification says its bytes look like; file names play no part. */
const LOOKS_LIKE: Partial<Record<Manifest['format'], (bytes: Buffer) => boolean>> = {
  joblib: (bytes) => bytes[0] === 0x80 && bytes[1] === 4 && bytes.includes('joblib.numpy_pickle'),
  safetensors: (bytes) => bytes[8] === 0x7b && JSON.stringify(safetensorsHeader(bytes)).includes('data_offsets'),
  // Field 1 of ModelProto, the IR version, then field 2 with the producer's name.
  onnx: (bytes) => bytes[0] === 0x08 && bytes[2] === 0x12 && bytes.includes('skl2onnx'),
  pytorch: (bytes) => zipMembers(bytes).some((name) => name.endsWith('/data.pkl')),
  numpy: (bytes) => zipMembers(bytes).length > 0 && zipMembers(bytes).every((name) => name.endsWith('.npy')),
  xgboost: (bytes) => 'learner' in JSON.parse(bytes.toString()),
};

test('the models are real files of six formats and together smaller than two megabytes', () => {
  const bytes = filesIn(ROOT).reduce((sum, path) => sum + readFileSync(path).length, 0);

  const formats = new Set(versions.map(({ folder }) => manifestIn(folder).format));

  expect([...formats].sort()).toEqual(['joblib', 'numpy', 'onnx', 'pytorch', 'safetensors', 'xgboost']);
  expect(bytes).toBeLessThan(MOST_BYTES);
});

describe.each(versions)('$model $version', ({ folder }) => {
  const manifest = manifestIn(folder);
  const content = (path: string) => readFileSync(join(folder, path));
  const uploaded = filesIn(folder).map((path) => path.slice(folder.length + 1));

  test('declares every uploaded file, and nothing else, with its digest and size', () => {
    const actual = uploaded
      .filter((path) => path !== MANIFEST)
      .map((path) => ({ path, digest: digestOf(content(path)), size: content(path).length }));

    expect(manifest.files).toEqual(actual.sort((a, b) => (a.path < b.path ? -1 : 1)));
  });

  test('has one model file, and it is of the declared format', () => {
    const matches = LOOKS_LIKE[manifest.format] ?? (() => false);

    const models = uploaded.filter((path) => path.startsWith('model.') && matches(content(path)));

    expect(models).toHaveLength(1);
  });

  test('names the digests of its lock and baseline, and the script it was made by', () => {
    const script = readFileSync(join(ROOT, 'make_models.py'));
    const blob = createHash('sha1').update(`blob ${script.length}\0`).update(script).digest('hex');

    const { baseline, training } = manifest;

    expect(training?.environment?.lock).toBe(digestOf(content(training?.environment?.lockFile ?? '')));
    expect(baseline?.digest).toBe(digestOf(content(baseline?.path ?? '')));
    expect(training?.code?.commit).toBe(blob);
  });

  test('leaves no gate anything to object to', () => {
    const { findings } = evaluateGates(manifest, GateRules.parse({}));

    expect(findings.filter(({ outcome }) => outcome !== 'pass')).toEqual([]);
    expect(findings.find(({ gate }) => gate === 'provenance.completeness')?.measured).toBe(1);
  });

  test('is clean to the scanner, file by file', async () => {
    const scans = await Promise.all(uploaded.map((path) => scanFile(path, bufferSource(content(path)))));

    expect(scans.length).toBeGreaterThan(0);
    expect(scans.filter(({ verdict }) => verdict !== 'clean')).toEqual([]);
  });

  test('keeps personal columns and answers out of the baseline', () => {
    const features = manifest.features ?? [];

    const [header] = content('baseline.csv').toString().split('\n');

    expect(header?.split(',')).toEqual(features.filter(({ personal }) => !personal).map(({ name }) => name));
  });

  test('gives every metric a sample and an interval around the measured value', () => {
    const metrics = manifest.metrics ?? [];

    const outside = metrics.filter(
      ({ value, n, interval }) => !n || !interval || value < interval.low || value > interval.high,
    );

    expect(metrics.length).toBeGreaterThan(0);
    expect(outside).toEqual([]);
  });
});

test('iris-forest 1.1.0 names its parent by the root digest of everything that 1.0.0 uploads', () => {
  const parent = join(ROOT, 'iris-forest', '1.0.0');
  const files = filesIn(parent).map((path) => ({
    name: path.slice(parent.length + 1),
    digest: digestOf(readFileSync(path)),
  }));

  const { training } = manifestIn(join(ROOT, 'iris-forest', '1.1.0'));

  expect(training?.parents).toEqual([{ model: 'iris-forest', version: '1.0.0', digest: rootDigestOf(files) }]);
});

test('the stakes that the cards declare spread the models over all three risk tiers', () => {
  const tiers = versions.map(({ model, version, folder }) => [
    `${model} ${version}`,
    evaluateGates(manifestIn(folder), GateRules.parse({})).tier,
  ]);

  expect(Object.fromEntries(tiers)).toEqual({
    'breast-cancer-net 1.0.0': 'full',
    'diabetes-boost 1.0.0': 'standard',
    'diabetes-ridge 1.0.0': 'standard',
    'digits-mlp 1.0.0': 'light',
    'iris-forest 1.0.0': 'light',
    'iris-forest 1.1.0': 'light',
    'wine-logreg 1.0.0': 'standard',
    'wine-logreg 1.1.0': 'standard',
  });
});
