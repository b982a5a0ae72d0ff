import type { Reason } from './reason.ts';

export const describeReason = (reason: Reason): string =>
  [
    reason.path === undefined ? reason.message : `${reason.path}: ${reason.message}`,
    reason.found === undefined ? undefined : `found ${reason.found}`,
    reason.allowed === undefined ? undefined : `allowed: ${reason.allowed}`,
    reason.fix,
  ]
    .filter((part) => part !== undefined)
    .join('; ');

const FOUND_LIMIT = 80;

/** A value as it may be shown to a person: JSON, cut to 80 characters. */
export const show = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  // A cut through a surrogate pair would leave text without a canonical form, and the evidence could not be written.
  return text.length > FOUND_LIMIT ? `${text.slice(0, FOUND_LIMIT).toWellFormed()}…` : text;
};
