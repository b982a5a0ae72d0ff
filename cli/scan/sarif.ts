import { isAbsolute, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { digestOf, hexOf } from '../../core/kernel/digest.ts';
import type { Finding, Severity } from '../../core/scanning/contract.ts';
import { RULES } from '../../core/scanning/rules.ts';
import packageJson from '../../package.json' with { type: 'json' };
import type { ScanDocument, Unread } from './scan-document.ts';

const LEVEL: Record<Severity, 'error' | 'warning' | 'note'> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
};

/** GitHub sorts by these, as CVSS has them. */
const SCORE: Record<Severity, string> = { critical: '9.5', high: '8.0', medium: '5.5', low: '2.0' };

/** GitHub takes no more from one run. */
const MOST_RESULTS = 25_000;

/** Below the folder that the command runs in, which in CI is the checkout; else the whole address. */
const locationOf = (path: string, base: string) => {
  const inside = relative(base, resolve(base, path));
  if (inside.startsWith('..') || isAbsolute(inside)) return { uri: pathToFileURL(resolve(base, path)).href };
  return { uri: inside.split(sep).map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' };
};

const ruleOf = (id: string) => {
  const { severity, why, fix } = RULES[id as keyof typeof RULES];
  return {
    id,
    shortDescription: { text: why },
    fullDescription: { text: why },
    help: { text: `${why}\n\n${fix}`, markdown: `${why}\n\n**Fix:** ${fix}` },
    defaultConfiguration: { level: LEVEL[severity] },
    properties: { tags: ['security', 'model'], 'security-severity': SCORE[severity] },
  };
};

const inMember = (member: string | undefined) =>
  member === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: member, kind: 'member' }] };

const resultOf = (finding: Finding, { ruleIndex, base }: { ruleIndex: number; base: string }) => {
  const { rule, severity, path, member, offset, opcode, what, fix } = finding;
  const where = [member, offset === undefined ? undefined : `byte ${offset}`].filter((part) => part !== undefined);
  return {
    ruleId: rule,
    ruleIndex,
    level: LEVEL[severity],
    message: { text: `${what}${where.length === 0 ? '' : ` (${where.join(', ')})`}. ${fix}` },
    // A binary file has no lines, and GitHub shows no result without one.
    locations: [
      { physicalLocation: { artifactLocation: locationOf(path, base), region: { startLine: 1 } }, ...inMember(member) },
    ],
    // The same finding in the same place stays one alert from run to run, wherever the rest of the file moves.
    partialFingerprints: {
      'clearanceFinding/v1': hexOf(digestOf([rule, path, member ?? '', what].join('\n'))).slice(0, 32),
    },
    properties: { ...(offset !== undefined && { offset }), ...(opcode !== undefined && { opcode }) },
  };
};

const notificationOf = ({ path, problem }: Unread, base: string) => ({
  level: 'error',
  message: { text: `${path} ${problem}` },
  locations: [{ physicalLocation: { artifactLocation: locationOf(path, base) } }],
});

/** The findings as SARIF 2.1.0 (OASIS), in the form that GitHub code scanning shows in a pull request. */
export const sarifLog = ({ files, unread = [] }: ScanDocument, base: string) => {
  const findings = files.flatMap((file) => file.findings).slice(0, MOST_RESULTS);
  const rules = [...new Set(findings.map(({ rule }) => rule))].sort();
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'clearance', semanticVersion: packageJson.version, rules: rules.map(ruleOf) } },
        originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The folder that the scan ran in' } } },
        invocations: [
          {
            executionSuccessful: unread.length === 0,
            toolExecutionNotifications: unread.map((each) => notificationOf(each, base)),
          },
        ],
        results: findings.map((finding) => resultOf(finding, { ruleIndex: rules.indexOf(finding.rule), base })),
      },
    ],
  };
};
