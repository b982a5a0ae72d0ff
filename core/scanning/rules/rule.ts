import type { ScanVerdict, Severity } from '../contract.ts';

export type Rule = {
  readonly verdict: Exclude<ScanVerdict, 'clean'>;
  readonly severity: Severity;
  readonly why: string;
  readonly fix: string;
};

export const RETRAIN =
  'Do not load the file. Find out where it comes from; rebuild the model from a source that you trust.';
export const REWRITE = 'Write the file again with the library that made it, or save the weights as safetensors.';
const PLAIN = 'Upload the content itself, not packed, in a format that the scanner reads.';

export const malicious = (why: string, fix = RETRAIN): Rule => ({
  verdict: 'malicious',
  severity: 'critical',
  why,
  fix,
});
export const suspicious = (why: string, fix = REWRITE): Rule => ({ verdict: 'suspicious', severity: 'high', why, fix });
export const unreadable = (why: string, fix = PLAIN): Rule => ({
  verdict: 'not-scannable',
  severity: 'medium',
  why,
  fix,
});
