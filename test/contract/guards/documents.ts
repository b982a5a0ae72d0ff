import { dirname, join, normalize } from 'node:path/posix';
import type { Sources } from './source.ts';

const FENCED = /^```[^\n]*\n([\s\S]*?)^```$/gm;
const LINK = /\]\(([^)\s]+)\)/g;

/** The anchor that GitHub gives a heading. */
const anchors = (text: string): string[] =>
  [...text.replace(FENCED, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );

/** Links of documents to files, folders and headings that are not there. */
export const deadLinks = (documents: Sources, exists: (path: string) => boolean): string[] =>
  [...documents].flatMap(([path, text]) =>
    [...text.replace(FENCED, '').matchAll(LINK)]
      .map(([, link = '']) => link)
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? path : normalize(join(dirname(path), file)).replace(/\/$/, '');
        const known = documents.get(target);
        return !exists(target) || (anchor !== undefined && known !== undefined && !anchors(known).includes(anchor));
      })
      .map((link) => `${path}: ${link}`),
  );

/** Decisions are counted from 1 without a gap, and each says its own number. */
export const misnumbered = (decisions: Sources): string[] =>
  [...decisions]
    .map(([path, text], index) => ({ path, text, number: index + 1 }))
    .filter(
      ({ path, text, number }) =>
        !path.includes(`/${String(number).padStart(4, '0')}-`) || !text.startsWith(`# ${number}. `),
    )
    .map(({ path, number }) => `${path} is number ${number}`);

/** Of these a person copies a line and changes the names in capitals. */
const VERBS = 'status|list|drift|holds|hold|lift|wait|admit|rollout (?:list|show|pause|resume|rollback)|rollout';
const COMMAND = new RegExp(`^(?:\\$ )?(?:npx )?clearance ((?:${VERBS}) [^#|]+)`);

const wordsOf = (command: string): string[] =>
  [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word = '']) => quoted ?? word.toLowerCase());

/** The arguments of every call of the command that a document shows with arguments, names in capitals made real ones. */
export const documentedCalls = (documents: Sources): string[][] => {
  const shown = [...documents.values()].flatMap((text) => [
    ...[...text.matchAll(FENCED)].flatMap(([, block = '']) => block.split('\n')),
    ...[...text.replace(FENCED, '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replaceAll('\n', ' ')),
  ]);
  const calls = new Set(shown.flatMap((line) => COMMAND.exec(line.trim())?.[1]?.trim() ?? []));
  return [...calls].filter((call) => !/^rollout \w+$/.test(call)).map(wordsOf);
};
