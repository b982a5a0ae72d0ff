import type { FileScan, Finding } from '../../core/scanning/contract.ts';
import { oneLine } from '../text.ts';

const placeOf = ({ member, offset, opcode }: Finding): string => {
  const parts = [
    member === undefined ? undefined : `in ${oneLine(member)}`,
    offset === undefined ? undefined : `at byte ${offset}`,
    opcode,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
};

const SHOWN = 5;

/** What a person needs to know of a file that is not clean: each rule's why and fix once, however often it is broken. */
export const findingLines = ({
  path,
  format,
  verdict,
  findings,
}: Pick<FileScan, 'path' | 'format' | 'verdict' | 'findings'>): string[] => {
  const rules = [...new Set(findings.map(({ rule }) => rule))];
  return [
    `✗ ${oneLine(path)}: ${verdict} (${format})`,
    ...rules.flatMap((rule) => {
      const broken = findings.filter((finding) => finding.rule === rule);
      const [first] = broken;
      const more = broken.length > SHOWN ? [`    … and ${broken.length - SHOWN} more of this rule`] : [];
      return [
        ...broken.slice(0, SHOWN).map((finding) => `    ${rule}: ${oneLine(finding.what)}${placeOf(finding)}`),
        ...more,
        ...(first === undefined ? [] : [`      ${first.why}`, `      ${first.fix}`]),
      ];
    }),
  ];
};
