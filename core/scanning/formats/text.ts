import type { ByteSource } from '../byte-source.ts';
import { startsWith } from '../bytes.ts';
import { scanKerasText } from '../keras/check-text.ts';
import { limit, type Scan } from '../scan.ts';
import { jsonModel } from './json-model.ts';
import { isLightgbm, scanLightgbm } from './lightgbm.ts';

const CHUNK = 1024 * 1024;
/** Longer documents are checked to be text, not parsed. */
const MAX_JSON = 16 * CHUNK;
/** What no text file contains, besides what is not UTF-8. */
const NOT_TEXT = /[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/;

/** @returns the text, or what of it is parsed */
const readText = async (source: ByteSource): Promise<string | undefined> => {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let kept = '';
  try {
    for (let at = 0; at < source.size; at += CHUNK) {
      const text = decoder.decode(await source.read(at, CHUNK), { stream: true });
      if (NOT_TEXT.test(text)) return undefined;
      if (kept.length + text.length <= MAX_JSON) kept += text;
    }
    decoder.decode();
    return kept;
  } catch (cause) {
    if (cause instanceof TypeError) return undefined;
    throw cause;
  }
};

/** Whether the head can be the start of a text, so that a large binary file is not read to its end to find out. */
const mayBeText = (head: Uint8Array): boolean => {
  const text = new TextDecoder('utf-8').decode(head);
  const broken = text.indexOf('\ufffd');
  return !NOT_TEXT.test(text) && (broken === -1 || (head.length > 4 && broken >= text.length - 4));
};

const isJson = (text: string): boolean => {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** A loader of Keras reads it to its end. */
const CONFIGURATION = /(?:^|\/)config\.json$/;

type At = { readonly name: string; readonly head: Uint8Array; readonly member: string | undefined };

/** Models whose own format is a text. */
const textFormat = async (scan: Scan, source: ByteSource, at: At, text: string): Promise<string> => {
  if (isLightgbm(at.head)) {
    await scan.attempt(() => scanLightgbm(scan, source));
    return 'lightgbm';
  }
  if (source.size > MAX_JSON && CONFIGURATION.test(at.name)) throw limit('headerBytes', scan.limits);
  if (scanKerasText(scan, text, at.member)) return 'keras-config';
  if (!isJson(text)) return 'text';
  const model = jsonModel(text);
  if (model === undefined) return 'json';
  await scan.attempt(model.check);
  return model.format;
};

const SCRIPT_NAMES =
  /\.(?:py|pyw|pyi|pyx|sh|bash|zsh|fish|bat|cmd|ps1|psm1|js|mjs|cjs|ts|rb|pl|php|lua|r|jl|vbs|wsf|command|service|pth)$/i;
const PROSE = /\.(?:md|rst|txt)$/i;
const PYTHON_TAG = /!!python\/|tag:yaml\.org,2002:python\//;
const SHEBANG = [0x23, 0x21];

const reportCode = (scan: Scan, name: string, head: Uint8Array, text: string, member: string | undefined): void => {
  if (startsWith(head, SHEBANG) || SCRIPT_NAMES.test(name))
    scan.report('code.script', { what: `${name} is a script`, member });
  if (!PROSE.test(name) && PYTHON_TAG.test(text))
    scan.report('yaml.python-tag', { what: 'a YAML tag that makes Python objects', member });
};

/** @returns the kind of text, `undefined` if it is none */
export const scanText = async (scan: Scan, source: ByteSource, at: At): Promise<string | undefined> => {
  if (!mayBeText(at.head)) return undefined;
  const text = await readText(source);
  if (text === undefined) return undefined;
  reportCode(scan, at.name, at.head, text, at.member);
  return textFormat(scan, source, at, text);
};
