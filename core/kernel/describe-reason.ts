/** What a reason says to a person: of `Reason`, which need not be loaded to tell one. */
type Said = {
  readonly rule: string;
  readonly message: string;
  readonly path?: string | undefined;
  readonly found?: string | undefined;
  readonly allowed?: string | undefined;
  readonly fix?: string | undefined;
};

export const describeReason = ({ path, message, found, allowed, fix }: Said): string =>
  [
    path === undefined ? message : `${path}: ${message}`,
    found === undefined ? undefined : `found ${found}`,
    allowed === undefined ? undefined : `allowed: ${allowed}`,
    fix,
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
