import type { ByteSource } from './byte-source.ts';
import type { FileScan } from './contract.ts';
import { Scan } from './scan.ts';
import { scanContent } from './scan-content.ts';
import { DEFAULT_LIMITS, type ScanOptions } from './scan-options.ts';

/**
 * Tells what a file is by its bytes, and whether reading it is safe. Hostile bytes give findings, never exceptions;
 * only an error of the source itself is thrown on.
 */
export const scanFile = async (path: string, source: ByteSource, options: ScanOptions = {}): Promise<FileScan> => {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const scan = new Scan(path, limits, new Set(options.allowedGlobals ?? []));
  const content = { source: scan.meter(source), name: path, member: undefined, depth: 0 };
  const format = await scan.attempt(() => scanContent(scan, content));
  return {
    path,
    format: format ?? 'unknown',
    verdict: scan.verdict,
    size: source.size,
    bytesRead: scan.bytesRead,
    findings: scan.findings,
    ...(scan.references.size === 0 ? {} : { references: [...scan.references] }),
  };
};
