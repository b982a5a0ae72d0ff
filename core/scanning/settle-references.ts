import type { FileScan, Finding } from './contract.ts';
import { RULES, type RuleId } from './rules.ts';
import { worseOf } from './scan.ts';

const directoryOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

/** Raw numbers have no format of their own: nothing else was found in them, under any reading. */
const isRaw = ({ format, findings }: FileScan): boolean =>
  format === 'unknown' && findings.every(({ rule }) => rule === 'format.unknown');

/** Formats that keep their numbers in other files, and what those are then. */
const OWNERS: Readonly<Record<string, string>> = {
  onnx: 'onnx-external-data',
  'tensorflow-checkpoint': 'tensorflow-checkpoint-data',
};

const findingOf = (rule: RuleId, path: string, what: string): Finding => {
  const { severity, why, fix } = RULES[rule];
  return { rule, severity, path, what, why, fix };
};

/** What a document says of code, where the rest of the folder decides what that means. */
type OfCode = {
  readonly formats: readonly string[];
  readonly rule: RuleId;
  /** Of the files that the document refers to: those that are there, or those that are not. */
  readonly when: 'present' | 'absent';
};

const OF_CODE: readonly OfCode[] = [
  { formats: ['json', 'diffusers'], rule: 'huggingface.missing-code', when: 'absent' },
  { formats: ['mlflow-model'], rule: 'mlflow.loader-in-upload', when: 'present' },
];

/** Findings that only the folder as a whole gives; of a file that was scanned alone nothing is known. */
const withFolder = (scan: FileScan, paths: ReadonlySet<string>): FileScan => {
  const { path, format, references = [] } = scan;
  const of = OF_CODE.find(({ formats }) => formats.includes(format));
  if (of === undefined || references.length === 0) return scan;
  const folder = directoryOf(path);
  const alone = ![...paths].some((other) => other !== path && other.startsWith(folder));
  if (alone) return scan;
  const found = references
    .filter((file) => paths.has(folder + file) === (of.when === 'present'))
    .map((file) => findingOf(of.rule, path, `${file} is ${of.when}`));
  if (found.length === 0) return scan;
  const { verdict } = RULES[of.rule];
  return {
    ...scan,
    verdict: worseOf(scan.verdict, verdict),
    findings: [...scan.findings, ...found],
  };
};

/**
 * The scans of one model version, together. A file of unknown content is clean after all if a clean ONNX model or
 * checkpoint index beside it names it as its data: then it is read as raw tensors and as nothing else. What a document
 * says of Python files beside it is held against the files that are there.
 */
export const settleReferences = (scans: readonly FileScan[]): FileScan[] => {
  const paths = new Set(scans.map(({ path }) => path));
  const named = new Map(
    scans
      .filter(({ format, verdict }) => OWNERS[format] !== undefined && verdict === 'clean')
      .flatMap(({ path, format, references = [] }) =>
        references.map(
          (location) => [directoryOf(path) + location.replace(/^\.\//, ''), OWNERS[format] ?? ''] as const,
        ),
      ),
  );
  return scans.map((scan) => {
    const format = named.get(scan.path);
    if (format !== undefined && isRaw(scan)) return { ...scan, format, verdict: 'clean' as const, findings: [] };
    return withFolder(scan, paths);
  });
};
