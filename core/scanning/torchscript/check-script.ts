import type { ByteSource } from '../byte-source.ts';
import { limit, type Scan } from '../scan.ts';
import { checkCode } from './check-code.ts';

/** A member that is held in memory to be read. @throws Unscannable if it is too long */
export const wholeText = async (scan: Scan, source: ByteSource): Promise<string> => {
  if (source.size > scan.limits.heldBytes) throw limit('heldBytes', scan.limits);
  return new TextDecoder().decode(await source.read(0, source.size));
};

/** Holds the code of an archive against what torch's own operators do. */
export const checkScript = (scan: Scan, sources: readonly string[], member: string | undefined): void => {
  try {
    checkCode(sources, (rule, what) => scan.report(rule, { what, member }));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    scan.report('torch.script', { what: `code that is not as torch writes it: ${cause.message}`, member });
  }
};

/** Classes that the code of the archive defines, and the lists that torch's own loader makes. */
const SCRIPT_NAME =
  /^(?:__torch__\.[\w.]+|torch\.jit\._pickle\.(?:build_(?:int|double|bool|tensor|tensor_from_id)list|restore_type_tag))$/;

/** In such an archive pickles name classes of its code, which Python cannot import. */
export const withScriptNames = async (scan: Scan, run: () => Promise<void>): Promise<void> => {
  const { allowed } = scan;
  scan.allowed = { has: (name) => SCRIPT_NAME.test(name) || allowed.has(name) };
  try {
    await run();
  } finally {
    scan.allowed = allowed;
  }
};
