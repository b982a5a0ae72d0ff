import { expect, test } from 'vitest';
import { real, realNames, scanBytes } from './support.ts';

const FORMATS: Record<string, string> = {
  'arrays.npz': 'npz',
  'frozen.pb': 'tensorflow-graph',
  'forest-gzip.joblib': 'gzip+pickle',
  'forest-zlib.joblib': 'zlib+pickle',
  'fingerprint.pb': 'tensorflow-fingerprint',
  'frame.h5': 'hdf5',
  'frame.parquet': 'parquet',
  'keras-config.json': 'keras-config',
  'keras-model.h5': 'hdf5',
  'keras-model.keras': 'keras',
  'keras-model.weights.h5': 'hdf5',
  'model.gguf': 'gguf',
  'module.pt': 'torch-zip',
  'pipeline.onnx': 'onnx',
  'saved_model.pb': 'saved-model',
  'script.pt': 'torch-zip',
  'state-dict-legacy.pt': 'torch-legacy',
  'state-dict.pt': 'torch-zip',
  'structures-latest.h5': 'hdf5',
  'structures.h5': 'hdf5',
  'tf-keras-model.h5': 'hdf5',
  'tf-keras-model.keras': 'keras',
  'trees.cbm': 'catboost',
  'trees.json': 'xgboost',
  'trees.lightgbm': 'lightgbm',
  'trees.ubj': 'xgboost',
  'variables.index': 'tensorflow-checkpoint',
  'weights.safetensors': 'safetensors',
};

const formatOf = (name: string) => FORMATS[name] ?? (name.endsWith('.npy') ? 'npy' : 'pickle');

test('there are real files of every format', () => {
  expect(new Set(realNames().map(formatOf))).toEqual(new Set([...Object.values(FORMATS), 'npy', 'pickle']));
});

test.each(realNames())('%s, written by a real library, raises no alarm', async (name) => {
  const scan = await scanBytes(real(name), name);

  expect(scan).toMatchObject({ verdict: 'clean', findings: [], format: formatOf(name) });
});

test.each(realNames())('%s is told by its content, whatever it is called', async (name) => {
  const scan = await scanBytes(real(name), 'weights.txt');

  expect(scan).toMatchObject({ verdict: 'clean', format: formatOf(name) });
});
