import { malicious, type Rule, suspicious } from './rule.ts';

const LAYERS = 'Build the model from layers that Keras brings along, or have the class reviewed.';

export const KERAS_RULES = {
  'keras.lambda': malicious(
    'The configuration holds Python bytecode, which Keras runs when it loads or calls the model.',
    'Replace the Lambda layer by a layer of Keras, and save the model again.',
  ),
  'keras.unsafe-object': malicious(
    'The configuration names something that Keras imports and calls, and that reaches outside of the model.',
  ),
  'keras.external-path': malicious('A layer reads a file or an address that the author of the model chose.'),
  'keras.external-file': suspicious(
    'A layer reads a file by a name that stands in the configuration.',
    'Save the layer with its vocabulary, after it was adapted or given a list.',
  ),
  'keras.custom-object': suspicious('The configuration names code that Keras does not bring along.', LAYERS),
  'keras.malformed': suspicious('The configuration is not one JSON document that everybody reads in one way.'),
} satisfies Record<string, Rule>;
