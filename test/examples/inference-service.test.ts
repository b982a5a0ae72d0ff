import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../core/kernel/digest.ts';
import { rootDigestOf } from '../../core/kernel/root-digest.ts';
import { clearedModel } from '../../examples/inference-service/cleared-model.ts';
import { linearClassifier } from '../../examples/inference-service/onnx.ts';
import { shippedModel } from '../../local/demo/model-files.ts';
import { root } from '../../local/paths.ts';

type Answers = { labels: number[]; probabilities: number[][] };

const heldOut: { rows: number[][]; answers: Record<string, Answers> } = JSON.parse(
  readFileSync(join(root, 'examples/inference-service/held-out-wine.json'), 'utf8'),
);
const onnxOf = (version: string) => readFileSync(join(root, 'models/wine-logreg', version, 'model.onnx'));

describe.each(Object.entries(heldOut.answers))('wine-logreg %s', (version, { labels, probabilities }) => {
  test('answers every held-out sample as the reference evaluator of ONNX does', () => {
    const classify = linearClassifier(onnxOf(version));

    const answers = heldOut.rows.map((row) => classify(row));

    expect(answers.map(({ label }) => label)).toEqual(labels);
    // The reference computes in 32 bits, which carry about seven digits.
    const furthest = answers.flatMap(({ probabilities: ours }, i) =>
      ours.map((p, k) => Math.abs(p - (probabilities[i]?.[k] ?? 1))),
    );
    expect(Math.max(...furthest)).toBeLessThan(1e-6);
  });
});

describe('what is served is what was cleared', () => {
  const { files } = shippedModel('wine-logreg', '1.0.0', 'wine-logreg');
  const cleared = rootDigestOf(Object.entries(files).map(([name, bytes]) => ({ name, digest: digestOf(bytes) })));

  /** The folder beside the code, with one file changed. */
  const besideCode = (path: string, change: (text: string) => string) => {
    const folder = mkdtempSync(join(tmpdir(), 'clearance-'));
    cpSync(join(root, 'models/wine-logreg/1.0.0'), folder, { recursive: true });
    writeFileSync(join(folder, path), change(readFileSync(join(folder, path), 'latin1')), 'latin1');
    return {
      url: pathToFileURL(`${folder}/`),
      [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
    };
  };

  test('the model is served under the root digest that the plane would sign', () => {
    using folder = besideCode('README.md', (text) => text);

    const { bytes, features } = clearedModel(folder.url, 'model.onnx', cleared);

    expect(bytes.length).toBe(847);
    expect(features).toHaveLength(13);
  });

  test('weights that changed, or a manifest that changed with them, are not served', () => {
    using weights = besideCode('model.onnx', (text) => text.replace('SOFTMAX', 'SOFTMIN'));
    using manifest = besideCode('manifest.json', (text) => text.replace('quality-lab', 'another-lab'));

    expect(() => clearedModel(weights.url, 'model.onnx', cleared)).toThrow('is not what the manifest declares');
    expect(() => clearedModel(manifest.url, 'model.onnx', cleared)).toThrow('is not that of');
  });

  test('a graph that is no linear classifier is refused, not misread', () => {
    const other = Buffer.from(
      readFileSync(join(root, 'models/wine-logreg/1.0.0/model.onnx')).toString('latin1').replace('Scaler*', 'Binner*'),
      'latin1',
    );

    expect(() => linearClassifier(other)).toThrow('Scaler LinearClassifier Normalizer');
    expect(() => linearClassifier(other.subarray(0, 300))).toThrow('ends within a field');
  });
});
