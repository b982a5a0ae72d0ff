import { describe, expect, test } from 'vitest';
import { settleReferences } from '../../core/scanning/settle-references.ts';
import { rulesOf, scanBytes } from './support.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

/** As MLflow 3.17.2 writes it. */
const mlmodel = (settings: string, flavors = '') => `flavors:
  python_function:
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    model_path: model.pkl
    predict_fn: predict
    python_version: 3.11.7
${settings}  sklearn:
    code: null
    pickled_model: model.pkl
    serialization_format: pickle
${flavors}mlflow_version: 3.17.2
signature:
  inputs: '[{"type": "double", "name": "a", "required": true}]'
`;
const setting = (text: string) => mlmodel(`    ${text}\n`);
const scanModel = (text: string, name = 'MLmodel') => scanBytes(utf8(text), name);

describe('an MLmodel file', () => {
  test.each([
    ['a module of nobody knows what', setting('loader_module: acme.loader'), 'mlflow.loader-module'],
    ['a module that runs commands', setting('loader_module: subprocess'), 'mlflow.loader-dangerous'],
    ['a module of MLflow that is no loader', setting('loader_module: mlflow.projects'), 'mlflow.loader-module'],
    ['no module name', setting('loader_module: [mlflow.sklearn]'), 'mlflow.loader-module'],
    ['an object of its author’s', setting('loader_module: mlflow.pyfunc.model'), 'mlflow.python-model'],
    ['code on the path', setting('loader_module: mlflow.sklearn\n    code: code'), 'mlflow.code-path'],
    ['a script', setting('loader_module: mlflow.langchain\n    model_code_path: chain.py'), 'mlflow.model-code'],
    ['data outside', setting('data: ../../other'), 'mlflow.path'],
    ['an environment outside', mlmodel('', '  x:\n    env: {conda: /etc/conda.yaml}\n'), 'mlflow.path'],
    ['an example outside', `${setting('')}saved_input_example_info: {artifact_path: ../x.json}\n`, 'mlflow.path'],
    ['a module for Keras', mlmodel('', '  tensorflow:\n    keras_module: acme\n'), 'mlflow.loader-module'],
  ])('that makes MLflow load %s', async (_what, text, rule) => {
    const scan = await scanModel(text);

    expect(scan.format).toBe('mlflow-model');
    expect(rulesOf(scan)).toEqual([rule]);
  });

  test.each([
    ['of scikit-learn', setting('loader_module: mlflow.sklearn')],
    ['of MLflow 1', 'flavors:\n  python_function: {loader_module: mlflow.xgboost, data: model.xgb, env: conda.yaml}\n'],
    [
      'with an address that it was logged under',
      `artifact_path: file:///srv/x\n${setting('loader_module: mlflow.onnx')}`,
    ],
  ])('%s is clean', async (_what, text) => {
    const scan = await scanModel(text);

    expect(scan).toMatchObject({ verdict: 'clean', findings: [], format: 'mlflow-model' });
  });

  test('is one under any name', async () => {
    const scan = await scanModel(setting('loader_module: subprocess'), 'MLmodel.bak');

    expect(scan.verdict).toBe('malicious');
  });

  test.each([
    ['pickle_module_info.txt', 'mlflow.pytorch.pickle_module', []],
    ['pickle_module_info.txt', 'acme.pickling', ['mlflow.loader-module']],
    ['keras_module.txt', 'subprocess', ['mlflow.loader-dangerous']],
  ])('has a module named in %s: %s', async (name, text, rules) => {
    const scan = await scanModel(text, `data/${name}`);

    expect(rulesOf(scan)).toEqual(rules);
  });
});

describe('the loader that a model names', () => {
  const text = setting('loader_module: acme.loader\n    code: code');

  test.each([['m/code/acme/loader.py'], ['m/code/acme/__init__.py'], ['m/code/acme.py']])(
    'is malicious when the upload brings it along: %s',
    async (path) => {
      const scans = [await scanModel(text, 'm/MLmodel'), await scanBytes(utf8('x = 1\n'), path)];

      const [settled] = settleReferences(scans);

      expect(settled?.verdict).toBe('malicious');
      expect(settled?.findings.map(({ rule }) => rule)).toContain('mlflow.loader-in-upload');
    },
  );

  test('is only unknown when it is installed from elsewhere', async () => {
    const scans = [await scanModel(text, 'm/MLmodel'), await scanBytes(utf8('x = 1\n'), 'm/code/other.py')];

    const [settled] = settleReferences(scans);

    expect(settled?.verdict).toBe('suspicious');
  });
});
