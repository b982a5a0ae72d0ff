import { malicious, type Rule, suspicious, unreadable } from './rule.ts';

const WRITE = 'Write the file again with the library that made it.';

export const DOCUMENT_RULES = {
  'document.ambiguous': suspicious(
    'An object has one name twice: readers disagree about which setting counts, and one of them matters.',
    WRITE,
  ),
  'document.not-parsed': unreadable('The document has settings that matter, and its syntax is not understood.', WRITE),
  'code.notebook': suspicious(
    'A notebook is code that whoever opens it runs, and a model directory is not the place for it.',
    'Keep the notebook in a repository of its own; name its commit in the manifest.',
  ),
  'yaml.python-tag': malicious('An unsafe YAML loader makes the named Python object, which runs code.'),
} satisfies Record<string, Rule>;
