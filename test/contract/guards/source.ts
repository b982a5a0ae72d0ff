import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';

export const root = new URL('../../../', import.meta.url).pathname;

/** Source by its path in the repository. Guards take this, so that a planted fault is one more entry. */
export type Sources = ReadonlyMap<string, string>;

export const readSources = (...patterns: readonly string[]): Sources =>
  new Map(
    patterns
      .flatMap((pattern) => globSync(pattern, { cwd: root }))
      .filter((path) => !path.includes('node_modules/'))
      .sort()
      .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
  );

export const withFault = (sources: Sources, path: string, text: string): Sources => new Map([...sources, [path, text]]);

/** Comments go, line breaks stay. Quoted text is skipped, so that a URL in a string is not taken for a comment. */
export const withoutComments = (text: string): string =>
  text.replace(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\*[\s\S]*?\*\/|\/\/.*/g, (found) =>
    found.startsWith('/') ? found.replace(/[^\n]/g, '') : found,
  );

export type Import = { from: string; specifier: string };

const IMPORT =
  /(?:^|[\n;}])\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g;

/** Static, type-only, dynamic and side-effect imports, and re-exports. */
export const importsOf = (path: string, text: string): Import[] =>
  [...withoutComments(text).matchAll(IMPORT)].map(([, a, b, c]) => ({ from: path, specifier: a ?? b ?? c ?? '' }));

/** The repository path that a relative import names; undefined for packages and node: modules. */
export const targetOf = ({ from, specifier }: Import): string | undefined =>
  specifier.startsWith('.') ? normalize(join(dirname(from), specifier)) : undefined;

/** Every repository file that `entry` reaches, itself included. */
export const reachableFrom = (sources: Sources, entry: string): Set<string> => {
  const seen = new Set<string>();
  const visit = (path: string) => {
    const text = sources.get(path);
    if (seen.has(path) || text === undefined) return;
    seen.add(path);
    for (const found of importsOf(path, text)) visit(targetOf(found) ?? '');
  };
  visit(entry);
  return seen;
};
