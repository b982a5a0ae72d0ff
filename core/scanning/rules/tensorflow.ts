import { malicious, type Rule, suspicious, unreadable } from './rule.ts';

const EXPORT = 'Export the model again without this operator, or convert it to ONNX.';

export const TENSORFLOW_RULES = {
  'tensorflow.opens': malicious('Running the graph reads or writes files of the author’s choosing, or runs Python.'),
  'tensorflow.file-path': malicious(
    'A file is opened by a name other than the one that the loader gives for checkpoints and assets.',
  ),
  'tensorflow.asset-path': malicious('The path of an asset leaves the directory of the model.'),
  'tensorflow.lambda': malicious('A Lambda layer holds Python bytecode, which Keras runs when it loads the model.'),
  'tensorflow.operator': suspicious('An operator that TensorFlow does not bring along is code to be loaded.', EXPORT),
  'tensorflow.malformed': unreadable('The file is not a complete graph of TensorFlow.', EXPORT),
} satisfies Record<string, Rule>;
