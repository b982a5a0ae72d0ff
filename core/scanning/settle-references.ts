import type { FileScan } from './contract.ts';

const directoryOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

/** Raw numbers have no format of their own: nothing else was found in them, under any reading. */
const isRaw = ({ format, findings }: FileScan): boolean =>
  format === 'unknown' && findings.every(({ rule }) => rule === 'format.unknown');

/**
 * The scans of one model version, together. A file of unknown content is clean after all if a clean ONNX model beside
 * it names it as its external data: then it is read as raw tensors and as nothing else.
 */
export const settleReferences = (scans: readonly FileScan[]): FileScan[] => {
  const named = new Set(
    scans
      .filter(({ format, verdict }) => format === 'onnx' && verdict === 'clean')
      .flatMap(({ path, references = [] }) =>
        references.map((location) => directoryOf(path) + location.replace(/^\.\//, '')),
      ),
  );
  return scans.map((scan) =>
    named.has(scan.path) && isRaw(scan)
      ? { ...scan, format: 'onnx-external-data', verdict: 'clean' as const, findings: [] }
      : scan,
  );
};
