import type { Scan } from '../scan.ts';
import type { Document } from './document.ts';
import { isAmbiguous, readJson } from './read-json.ts';
import { KEYS, KINDS, WATCHED } from './tables.ts';
import { entriesIn } from './walk.ts';

/** Looks at every setting of a document. @returns the kind of document, undefined for one of no special kind */
const checkDocument = async (scan: Scan, document: Document): Promise<string | undefined> => {
  for (const entry of entriesIn(document.value)) await KEYS.get(entry.key)?.(scan, entry, document);
  const kind = KINDS.find((each) => each.is(document));
  await kind?.check(scan, document);
  return kind?.format;
};

type Text = { readonly text: string; readonly name: string; readonly member: string | undefined };

/** @returns what kind of JSON the text is, undefined if it is none */
export const checkJson = async (scan: Scan, { text, name, member }: Text): Promise<string | undefined> => {
  const value = readJson(text);
  if (value === undefined) {
    if (/^\s*[[{]/.test(text) && !PROSE.test(name) && WATCHED.test(text))
      scan.report('document.not-parsed', { what: 'no JSON, but with settings that matter', member });
    return undefined;
  }
  const format = await checkDocument(scan, { value, name, member });
  if ((format !== undefined || WATCHED.test(text)) && isAmbiguous(text))
    scan.report('document.ambiguous', { what: 'an object with one name twice, or too deep', member });
  return format ?? 'json';
};

export const PROSE = /\.(?:md|rst|txt)$/i;
const YAML_NAME = /(?:\.ya?ml|(?:^|\/)MLmodel)$/i;
/** At the top of a model card, between two lines of dashes. */
const FRONT_MATTER = /^---[ \t]*\r?\n([\s\S]*?)^(?:---|\.\.\.)[ \t]*\r?$/m;

const yamlIn = ({ text, name }: Text): string | undefined => {
  if (PROSE.test(name)) return FRONT_MATTER.exec(text)?.[1];
  return YAML_NAME.test(name) || WATCHED.test(text) ? text : undefined;
};

/** @returns what kind of YAML the text is, undefined if nothing says that it is YAML, or it is of no special kind */
export const checkYaml = async (scan: Scan, given: Text): Promise<string | undefined> => {
  const { name, member } = given;
  const text = yamlIn(given);
  if (text === undefined) return undefined;
  const { parseYaml } = await import('./parse-yaml.ts');
  const reading = parseYaml(text);
  const matters = WATCHED.test(text);
  if (reading === undefined) {
    if (matters) scan.report('limit.crossed', { what: 'YAML that is too long or too deep to be parsed', member });
    return undefined;
  }
  const { value, repeated, broken, pythonTag } = reading;
  if (pythonTag !== undefined) scan.report('yaml.python-tag', { what: `the tag ${pythonTag}`, member });
  let format: string | undefined;
  for (const each of value) format = (await checkDocument(scan, { value: each, name, member })) ?? format;
  if (!matters && format === undefined) return undefined;
  if (repeated) scan.report('document.ambiguous', { what: 'a mapping with one key twice', member });
  if (broken) scan.report('document.not-parsed', { what: 'its syntax is not that of YAML', member });
  return format;
};
