import { malicious, type Rule, suspicious, unreadable } from './rule.ts';

const REVIEW = 'Have the chat template reviewed, or replace it by the one that the publisher of the base model ships.';

/** Chat templates: programs in Jinja2 that come with a language model and are run for every prompt. */
export const TEMPLATE_RULES = {
  'template.unsafe-access': malicious(
    'The template reaches for the insides of Python objects; rendered outside of a sandbox it runs any code.',
  ),
  'template.computed-access': suspicious(
    'The template puts the name of an attribute together, which hides from review what it reaches for.',
    REVIEW,
  ),
  'template.not-allowed': suspicious('No published template uses this; what it can reach is not known.', REVIEW),
  'template.expansion': suspicious('A short template makes a text that has no end, for every prompt.', REVIEW),
  'template.not-parsed': unreadable('The template cannot be read, so what it does when rendered is not known.', REVIEW),
} satisfies Record<string, Rule>;
