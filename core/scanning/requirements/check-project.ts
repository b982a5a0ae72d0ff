import { shown } from '../documents/document.ts';
import type { Scan } from '../scan.ts';
import { judgeRequirement } from './judge-requirement.ts';
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
const BY_ADDRESS = /^[A-Za-z0-9._-]+ *(?:\[[^\]]*\])? *@ *[a-z+]+:|^git\+/;

/** Line by line: what a project depends on stands in strings, one or several a line. */
export const checkProject = (scan: Scan, text: string, member: string | undefined): void => {
  for (const whole of text.split(/\r?\n/)) {
    const line = whole.replace(COMMENT, '').slice(0, 4000);
    const at = { what: shown(line.trim()), member };
    const index = INDEX.exec(line)?.[1];
    if (index !== undefined) {
      const addresses = /["']/.test(index) ? stringsOf(index) : index.trim().split(/\s+/);
      if (addresses.some((address) => address.includes('://') && !isKnownIndex(address)))
        scan.report('requirements.index', at);
    } else if (TRUSTED.test(line)) scan.report('requirements.trusted-host', at);
    else if (PLACE.test(line)) scan.report('requirements.elsewhere', at);
    else if (BACKEND.test(line)) scan.report('requirements.option', at);
    else
      for (const each of stringsOf(line))
        if (BY_ADDRESS.test(each) && judgeRequirement(each).includes('requirements.elsewhere'))
          scan.report('requirements.elsewhere', at);
  }
};
