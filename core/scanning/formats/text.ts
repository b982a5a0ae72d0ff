import type { ByteSource } from '../byte-source.ts';
import { startsWith } from '../bytes.ts';
import { CredentialSearch } from '../credentials/report-credentials.ts';
import { checkJson, checkYaml, PROSE } from '../documents/check-document.ts';
import { WATCHED } from '../documents/tables.ts';
import { TEXTS } from '../documents/texts.ts';
import { scanKerasText } from '../keras/check-text.ts';
import { limit, type Scan } from '../scan.ts';
import { jsonModel } from './json-model.ts';
import { isLightgbm, scanLightgbm } from './lightgbm.ts';

const CHUNK = 1024 * 1024;
/** Longer documents are checked to be text, not parsed. */
const MAX_JSON = 16 * CHUNK;
/** The longest setting that two chunks may share. */
const OVERLAP = 256;
/** What no text file contains, besides what is not UTF-8. */
const NOT_TEXT = /[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/;

type Text = {
  /** The first part of a long one. */
  readonly text: string;
  readonly whole: boolean;
  /** A setting that matters stands somewhere in it. */
  readonly watched: boolean;
};

const readText = async (scan: Scan, source: ByteSource, member: string | undefined): Promise<Text | undefined> => {
  const quiet = scan.quiet();
  const credentials = new CredentialSearch(quiet, member);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let kept = '';
  let last = '';
  let whole = true;
  let watched = false;
  try {
    for (let at = 0; at < source.size; at += CHUNK) {
      const text = decoder.decode(await source.read(at, CHUNK), { stream: true });
      if (NOT_TEXT.test(text)) return undefined;
      credentials.add(text);
      whole &&= kept.length + text.length <= MAX_JSON;
      if (whole) kept += text;
      else watched ||= WATCHED.test(last.slice(-OVERLAP) + text);
      last = text;
    }
    decoder.decode();
    credentials.end();
    scan.adopt(quiet);
    return { text: kept, whole, watched: watched || (!whole && WATCHED.test(kept)) };
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

/** Documents of these names are parsed by whoever reads them, however long they are. */
const DOCUMENT = /(?:\.(?:json|ya?ml)|(?:^|\/)MLmodel)$/i;

/** A loader of Keras reads it to its end. */
const CONFIGURATION = /(?:^|\/)config\.json$/;

type At = { readonly name: string; readonly head: Uint8Array; readonly member: string | undefined };

/** Models whose own format is a text, and settings by which a loader decides what to run. */
const textFormat = async (scan: Scan, source: ByteSource, { text, whole, watched }: Text, at: At): Promise<string> => {
  const { name, head, member } = at;
  if (isLightgbm(head)) {
    await scan.attempt(() => scanLightgbm(scan, source));
    return 'lightgbm';
  }
  if (!whole) {
    if (CONFIGURATION.test(name)) throw limit('headerBytes', scan.limits);
    if (watched && DOCUMENT.test(name))
      scan.report('limit.crossed', { what: 'a document with settings that matter, too long to be parsed', member });
    return 'text';
  }
  const kind = TEXTS.find(({ is }) => is(name));
  if (kind !== undefined) {
    await kind.check(scan, text, member);
    return kind.format;
  }
  const keras = scanKerasText(scan, text, member) ? 'keras-config' : undefined;
  const json = await checkJson(scan, { text, name, member });
  if (json === undefined) return keras ?? (await checkYaml(scan, { text, name, member })) ?? 'text';
  const model = jsonModel(text);
  await scan.attempt(async () => model?.check());
  return model?.format ?? keras ?? json;
};

const SCRIPT_NAMES =
  /\.(?:py|pyw|pyi|pyx|sh|bash|zsh|fish|bat|cmd|ps1|psm1|js|mjs|cjs|ts|rb|pl|php|lua|r|jl|vbs|wsf|command|service|pth|mk|dockerfile)$|(?:^|\/)(?:Makefile|Dockerfile|Jenkinsfile|Rakefile|Vagrantfile)$/i;
const PYTHON_TAG = /!!python\/|tag:yaml\.org,2002:python\//;
const SHEBANG = [0x23, 0x21];

const reportCode = (scan: Scan, { name, head, member }: At, text: string): void => {
  if (startsWith(head, SHEBANG) || SCRIPT_NAMES.test(name))
    scan.report('code.script', { what: `${name} is a script`, member });
  if (!PROSE.test(name) && PYTHON_TAG.test(text))
    scan.report('yaml.python-tag', { what: 'a YAML tag that makes Python objects', member });
};

/** @returns the kind of text, `undefined` if it is none */
export const scanText = async (scan: Scan, source: ByteSource, at: At): Promise<string | undefined> => {
  if (!mayBeText(at.head)) return undefined;
  const text = await readText(scan, source, at.member);
  if (text === undefined) return undefined;
  reportCode(scan, at, text.text);
  return textFormat(scan, source, text, at);
};
