import { existsSync, readFileSync } from 'node:fs';
import { fromPackageRoot } from './package-root.ts';

/** `<file>#<heading>` below docs/runbooks, such as `intake#a-version-waits-for-files`. */
export type RunbookLink = `${string}#${string}`;

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');

/** Every `##` heading of a runbook as an anchor: one per alarm. */
export const anchorsOf = (markdown: string): string[] =>
  [...markdown.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

/**
 * The path of a runbook entry.
 * @throws when there is no such file or heading: nobody is woken without a page to read
 */
export const runbookPath = (link: RunbookLink): string => {
  const [file = '', anchor = ''] = link.split('#');
  const path = `docs/runbooks/${file}.md`;
  const absolute = fromPackageRoot(path);
  if (!existsSync(absolute)) throw new Error(`Runbook ${link}: there is no ${path}`);
  const anchors = anchorsOf(readFileSync(absolute, 'utf8'));
  if (!anchors.includes(anchor))
    throw new Error(`Runbook ${link}: ${path} has no such heading; it has ${anchors.join(', ')}`);
  return `${path}#${anchor}`;
};
