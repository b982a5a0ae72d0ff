import { leavesFolder } from '../paths.ts';
import { isMarker } from './is-marker.ts';
import { isKnownIndex } from './known-indexes.ts';
import { isRequirementFile } from './names.ts';

export type RequirementRule =
  | 'requirements.shell'
  | 'requirements.index'
  | 'requirements.elsewhere'
  | 'requirements.trusted-host'
  | 'requirements.option'
  | 'requirements.malformed';

type Judge = (value: string) => RequirementRule | undefined;

const index: Judge = (value) => (isKnownIndex(value) ? undefined : 'requirements.index');
const harmless: Judge = () => undefined;
const elsewhere: Judge = () => 'requirements.elsewhere';
/** A file that is read as one of these too, and so by these rules. */
const include: Judge = (value) =>
  leavesFolder(value) || !isRequirementFile(value) ? 'requirements.elsewhere' : undefined;

/** https://pip.pypa.io/en/stable/reference/requirements-file-format/#supported-options */
const OPTIONS: ReadonlyMap<string, Judge> = new Map([
  ['-i', index],
  ['--index-url', index],
  ['--pypi-url', index],
  ['--extra-index-url', index],
  ['-f', index],
  ['--find-links', index],
  ['-e', elsewhere],
  ['--editable', elsewhere],
  ['-r', include],
  ['--requirement', include],
  ['-c', include],
  ['--constraint', include],
  ['--trusted-host', () => 'requirements.trusted-host'],
  ['--hash', harmless],
  ['--no-binary', harmless],
  ['--only-binary', harmless],
  ['--use-feature', harmless],
]);
const FLAGS: ReadonlySet<string> = new Set(['--pre', '--prefer-binary', '--require-hashes', '--no-index']);

const OPTION = /^(-[A-Za-z]|--[\w-]+)(?:[= ]|$)(.*)$/;
const QUOTED = /^ ?(["']?)(.*)\1$/;

/** One option with its value, and what follows. */
const judgeOption = (text: string): RequirementRule[] => {
  const [, option = '', rest = ''] = OPTION.exec(text) ?? [];
  const flag = FLAGS.has(option);
  const [value = '', ...more] = flag ? ['', rest] : rest.split(/ (?=-)/);
  const judge = OPTIONS.get(option);
  const rule = flag ? undefined : judge === undefined ? 'requirements.option' : judge(value.replace(QUOTED, '$2'));
  const others = more.filter((each) => each !== '').flatMap(judgeRequirement);
  return rule === undefined ? others : [rule, ...others];
};

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;
/** PEP 508: a name, extras, versions, a marker. */
const REQUIREMENT = /^([A-Za-z0-9._-]+) ?(?:\[[A-Za-z0-9._, -]*\])? ?([^;@]*)(?:;(.*))?$/;
const VERSIONS = /^\(?(?:(?:[<>=!~]=|===|<|>)[A-Za-z0-9.*+!_-]+,?)*\)?$/;
const ADDRESS =
  /^(?:[A-Za-z0-9._-]+ ?(?:\[[^\]]*\])? ?@ ?)?(?:[A-Za-z][A-Za-z0-9+.-]*:|\.{0,2}\/|[A-Za-z]:\\)|\.(?:whl|zip|tar\.gz|tgz|tar\.bz2)$/i;
/** A second command, or the output of one. */
const COMMAND = /[`|&]|\$\(|;/;
const SHELL = /[<>]|\$\{?\w/;
const LONGEST = 2000;
/** With the hashes of every file of a release behind it. */
const LONGEST_LINE = 64 * 1024;

const isRequirement = (text: string): boolean => {
  const [, name = '', versions = '', marker] = REQUIREMENT.exec(text) ?? [];
  return NAME.test(name) && VERSIONS.test(versions.replaceAll(' ', '')) && (marker === undefined || isMarker(marker));
};

const judgeWhole = (text: string): RequirementRule | undefined => {
  if (text.length > LONGEST) return 'requirements.malformed';
  const address = ADDRESS.test(text);
  if (!address && isRequirement(text)) return undefined;
  if (COMMAND.test(address ? text.replace(/\?[^ ]*$/, '') : text)) return 'requirements.shell';
  if (address) return 'requirements.elsewhere';
  return SHELL.test(text) ? 'requirements.shell' : 'requirements.malformed';
};

/**
 * One requirement, comments and continuations resolved.
 * @returns every rule that it breaks
 */
export const judgeRequirement = (line: string): RequirementRule[] => {
  if (line.length > LONGEST_LINE) return ['requirements.malformed'];
  const text = line.replace(/\s+/g, ' ').trim();
  if (text === '') return [];
  if (text.startsWith('-')) return judgeOption(text);
  const [requirement = '', ...options] = text.split(/ (?=--[a-z])/);
  const rule = judgeWhole(requirement);
  return [...(rule === undefined ? [] : [rule]), ...options.flatMap(judgeOption)];
};
