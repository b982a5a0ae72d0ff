import type { FileScan } from './contract.ts';

const directoryOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

/** Raw numbers have no format of their own: nothing else was found in them, under any reading. */
const isRaw = ({ format, findings }: FileScan): boolean =>
  format === 'unknown' && findings.every(({ rule }) => rule === 'format.unknown');

/** Formats that keep their numbers in other files, and what those are then. */
const OWNERS: Readonly<Record<string, string>> = {
  onnx: 'onnx-external-data',
  'tensorflow-checkpoint': 'tensorflow-checkpoint-data',
};

/**
 * The scans of one model version, together. A file of unknown content is clean after all if a clean ONNX model or
 * checkpoint index beside it names it as its data: then it is read as raw tensors and as nothing else.
 */
export const settleReferences = (scans: readonly FileScan[]): FileScan[] => {
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
    return format !== undefined && isRaw(scan) ? { ...scan, format, verdict: 'clean' as const, findings: [] } : scan;
  });
};
