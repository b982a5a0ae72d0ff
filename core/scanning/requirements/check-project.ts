import { shown } from '../documents/document.ts';
import type { Scan } from '../scan.ts';
import { judgeRequirement, type RequirementRule } from './judge-requirement.ts';
import { isKnownIndex } from './known-indexes.ts';

/** Settings of projects and installers that name packages or where to find them. */
export const isProjectFile = (name: string): boolean =>
  /(?:^|\/)(?:pyproject\.toml|uv\.toml|setup\.cfg|pip\.conf|pip\.ini|Pipfile)$/.test(name);

const STRINGS = /"([^"\\\n]*)"|'([^'\n]*)'/g;
/** `index-url = …`, `extra-index-url`, `find-links`, `url` of a source; the names of their keys agree in all of them. */
const INDEX = /^\s*(?:extra[-_]index[-_]urls?|index[-_]urls?|find[-_]links|url|index)\s*=\s*(.*)$/i;
const TRUSTED = /^\s*(?:trusted[-_]host|allow-insecure-host)\s*=/i;
/** A dependency by address, or by a place instead of a version. */
const PLACE = /^\s*[\w."-]+\s*=\s*\{.*\b(?:git|url|path|file)\s*=/;
const BACKEND = /^\s*backend-path\s*=/;
const COMMENT = /(?:^|\s)#.*$/;

const stringsOf = (line: string): string[] =>
  [...line.matchAll(STRINGS)].map(([, double, single]) => double ?? single ?? '');
const ELSEWHERE = 'requirements.elsewhere';
const BY_ADDRESS = /^[A-Za-z0-9._-]+ *(?:\[[^\]]*\])? *@ *[a-z+]+:|^git\+/;

const LONGEST = 4000;

/** @returns the rule that a line breaks */
const judgeLine = (line: string): RequirementRule | undefined => {
  const index = INDEX.exec(line)?.[1];
  if (index !== undefined) {
    const addresses = /["']/.test(index) ? stringsOf(index) : index.trim().split(/\s+/);
    const unknown = addresses.some((address) => address.includes('://') && !isKnownIndex(address));
    return unknown ? 'requirements.index' : undefined;
  }
  if (TRUSTED.test(line)) return 'requirements.trusted-host';
  if (PLACE.test(line)) return ELSEWHERE;
  if (BACKEND.test(line)) return 'requirements.option';
  const byAddress = stringsOf(line).some((each) => BY_ADDRESS.test(each) && judgeRequirement(each).includes(ELSEWHERE));
  return byAddress ? ELSEWHERE : undefined;
};

/** Line by line: what a project depends on stands in strings, one or several a line. */
export const checkProject = (scan: Scan, text: string, member: string | undefined): void => {
  for (const whole of new Set(text.split(/\r?\n/))) {
    const line = whole.replace(COMMENT, '').slice(0, LONGEST);
    const rule = judgeLine(line);
    if (rule !== undefined) scan.report(rule, { what: shown(line.trim()), member });
  }
};
