import { malicious, type Rule, suspicious } from './rule.ts';

const FLAVOR = 'Save the model with a flavor of MLflow itself, such as mlflow.sklearn or mlflow.onnx.';

/** What an MLmodel file makes `mlflow.pyfunc.load_model` do; it asks nobody first. */
export const MLFLOW_RULES = {
  'mlflow.loader-module': suspicious(
    'Loading the model imports this module and calls it, and it is none of MLflow’s own.',
    FLAVOR,
  ),
  'mlflow.loader-dangerous': malicious('Loading the model imports this module, which runs code or reaches outside.'),
  'mlflow.loader-in-upload': malicious('Loading the model runs code that the upload brings along.', FLAVOR),
  'mlflow.model-code': malicious('Loading the model runs this Python file of the upload.', FLAVOR),
  'mlflow.python-model': suspicious('The model is an object of its author’s own class, made with cloudpickle.', FLAVOR),
  'mlflow.code-path': suspicious(
    'Loading the model puts this folder in front of the module path: its files stand in for any installed package.',
    'Install the code as a package of its own, and leave out code_paths.',
  ),
  'mlflow.path': malicious('Loading the model reads a file outside of its folder.', 'Name files of the folder itself.'),
} satisfies Record<string, Rule>;
