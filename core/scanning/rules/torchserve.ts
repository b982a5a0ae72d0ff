import { malicious, type Rule, suspicious } from './rule.ts';

const BUILT_IN = 'Serve the model with a handler of TorchServe itself, such as image_classifier.';

/** What TorchServe does with a model archive when it is registered; it asks nobody first. */
export const TORCHSERVE_RULES = {
  'torchserve.handler': malicious('Registering the archive runs the Python code that it brings along.', BUILT_IN),
  'torchserve.handler-unknown': suspicious(
    'Registering the archive runs a handler that is not among those of TorchServe.',
    BUILT_IN,
  ),
  'torchserve.path': malicious('TorchServe reads a file outside of the archive.', 'Name files of the archive.'),
} satisfies Record<string, Rule>;
