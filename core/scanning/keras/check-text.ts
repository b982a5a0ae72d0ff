import type { RuleId } from '../rules.ts';
import { limit, type Scan, Unscannable } from '../scan.ts';
import { parseStrictJson, type StrictJson } from '../strict-json.ts';
import { checkKerasConfig } from './check-config.ts';
import { mentions } from './spelling.ts';

/** Configurations of the largest published models have 2 MB. */
const LONGEST = 16 * 1024 * 1024;
const MAY_BE_OBJECT = /^\s*[{[]/;

const decoded = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

const parsed = (text: string): StrictJson => {
  try {
    return parseStrictJson(text, { constants: true });
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new Unscannable('keras.malformed', { what: cause.message });
    throw cause;
  }
};

/** Whether the bytes are a document that names classes, as all configurations of Keras do. */
export const mentionsKeras = (bytes: Uint8Array): boolean => {
  if (!MAY_BE_OBJECT.test(String.fromCharCode(...bytes.subarray(0, 64)))) return false;
  const text = decoded(bytes);
  return text !== undefined && mentions(text, 'class_name');
};

/** A class and how it is configured: what a model is made from. */
const isConfiguration = (document: StrictJson): boolean =>
  document instanceof Map && document.has('class_name') && document.has('config');

export type Where = {
  readonly member: string | undefined /** In the content, such as `/@model_config`. */;
  readonly where?: string;
};

const reportTo =
  (scan: Scan, { member, where }: Where) =>
  (rule: RuleId, what: string) =>
    scan.report(rule, { what: where === undefined ? what : `${where}: ${what}`, member });

/** The configuration of a model as it stands in a file. */
export const checkKerasText = (scan: Scan, bytes: Uint8Array, at: Where): void => {
  if (bytes.length > LONGEST) throw limit('headerBytes', scan.limits);
  const text = decoded(bytes);
  if (text === undefined) throw new Unscannable('keras.malformed', { what: `${at.where} is no text` });
  checkKerasConfig(parsed(text), reportTo(scan, at));
};

/** What only a document can be that Python reads, and in which everybody may see something else. */
const AMBIGUOUS = /^(?:duplicate|nested)/;

/** @returns whether a text is the configuration of a model; then it was checked */
export const scanKerasText = (scan: Scan, text: string, member: string | undefined): boolean => {
  if (!MAY_BE_OBJECT.test(text) || !mentions(text, 'class_name')) return false;
  try {
    const document = parseStrictJson(text, { constants: true });
    if (!isConfiguration(document)) return false;
    checkKerasConfig(document, reportTo(scan, { member }));
    return true;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    if (!AMBIGUOUS.test(cause.message)) return false;
    scan.report('keras.malformed', { what: cause.message, member });
    return true;
  }
};
