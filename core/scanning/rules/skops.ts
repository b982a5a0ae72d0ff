import { malicious, type Rule, suspicious } from './rule.ts';

const REVIEW = 'Build the model of classes of scikit-learn itself, or have the name reviewed and allowed in the stage.';

/** What rebuilding the graph of a skops file makes; skops asks for consent before it makes what it does not know. */
export const SKOPS_RULES = {
  'skops.type': suspicious('Rebuilding the model makes or keeps something that the scanner does not know.', REVIEW),
  'skops.type-dangerous': malicious('Rebuilding the model makes or keeps a name that runs code or reaches outside.'),
  'skops.forged-node': malicious(
    'No version of skops writes such a node: it shows one name to whoever checks it and makes another.',
  ),
  'skops.call': suspicious('The model keeps a method or an operator, which is called with what the file says.', REVIEW),
  'skops.loader': suspicious('No version of skops that the scanner knows has such a loader.', REVIEW),
} satisfies Record<string, Rule>;
