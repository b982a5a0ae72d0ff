import { bufferSource } from '../../core/scanning/byte-source.ts';
import { ScanVerdict } from '../../core/scanning/contract.ts';
import { RULES } from '../../core/scanning/rules.ts';
import { scanFile } from '../../core/scanning/scan-file.ts';

export const MOST_MS = 1000;
export const MOST_BYTES = 256 * 1024 * 1024;

/** `ms`: how long the processor of this thread worked for it. */
export type Tried = { readonly ms: number; readonly bytes: number; readonly broken: string | undefined };

const peak = (): number => process.resourceUsage().maxRSS * 1024;

const wrong = ({ verdict, findings, format }: Awaited<ReturnType<typeof scanFile>>): string | undefined => {
  if (!ScanVerdict.options.includes(verdict)) return `the verdict ${verdict}`;
  const unknown = findings.find(({ rule }) => !Object.hasOwn(RULES, rule));
  if (unknown !== undefined) return `the rule ${unknown.rule}`;
  if ((verdict === 'clean') !== (findings.length === 0)) return `${verdict} with ${findings.length} findings`;
  return format === '' ? 'no format' : undefined;
};

/** What any bytes must give: a typed answer, in bounded time and memory. */
export const tryInput = async (file: string, bytes: Uint8Array): Promise<Tried> => {
  const before = peak();
  const began = process.threadCpuUsage();
  let broken: string | undefined;
  try {
    broken = wrong(await scanFile(file, bufferSource(bytes)));
  } catch (cause) {
    broken = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  }
  const { user, system } = process.threadCpuUsage(began);
  const ms = (user + system) / 1000;
  const grown = peak() - before;
  if (broken === undefined && ms > MOST_MS) broken = `${ms.toFixed(0)} ms`;
  if (broken === undefined && grown > MOST_BYTES) broken = `${(grown / 1024 ** 2).toFixed(0)} MiB`;
  return { ms, bytes: grown, broken };
};
