import { malicious, type Rule, suspicious } from './rule.ts';

const REVIEW =
  'Use an architecture that the library brings along, or have the code reviewed and installed as a package of its own.';
const NAME_FILES = 'Name files of the folder itself.';

/** Settings of transformers, sentence-transformers, diffusers and PEFT that say which code is to be imported or run. */
export const HUGGINGFACE_RULES = {
  'huggingface.remote-code': suspicious(
    'Loaded with trust_remote_code, the model runs the Python code that this names.',
    REVIEW,
  ),
  'huggingface.code-elsewhere': suspicious(
    'The code comes from another repository each time the model is loaded, so it may change after the scan.',
    REVIEW,
  ),
  'huggingface.missing-code': suspicious(
    'The code that this names is not in the folder, so nobody can have read it.',
    REVIEW,
  ),
  'huggingface.trust-remote-code': suspicious(
    'Whoever hands these settings to a loader agrees to run any code that the model brings along.',
    'Leave the choice to whoever loads the model: remove the setting.',
  ),
  'huggingface.import': suspicious(
    'The loader imports the class that this names, and it is none of the library’s own.',
    REVIEW,
  ),
  'huggingface.import-dangerous': malicious(
    'The loader imports or calls this name, which runs code or reaches outside.',
  ),
  'huggingface.kernel': malicious('Loading the model fetches compiled code from this repository and runs it.'),
  'huggingface.path': malicious('The loader reads a file outside of the folder of the model.', NAME_FILES),
  'huggingface.base-model': suspicious(
    'The base model is fetched from a place that this names, which need not be the one that the author meant.',
    'Name the base model by its id, and its revision.',
  ),
} satisfies Record<string, Rule>;
