import { open, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BUNDLE } from '../core/intake/contract.ts';
import { type Reason, show } from '../core/kernel/reason.ts';
import { UNSIGNED_PATHS } from '../core/signing/oms.ts';
import { keyHint, readPublicKey } from '../core/signing/public-key.ts';
import { MAX_BUNDLE_BYTES, verifyBundle } from '../core/signing/verify-bundle.ts';
import { type Door, reasonsAgainstVerdict } from './check-verdict.ts';
import type { Context } from './context.ts';
import { hashAll, reading, walk } from './files.ts';
import { EXIT, misused, type Outcome } from './outcome.ts';
import { counted, inBytes, reasonLines } from './text.ts';

export type VerifyDocument = {
  readonly outcome: 'yes' | 'no';
  readonly root?: string;
  readonly files: number;
  readonly bytes: number;
  /** SHA-256 of the key's PEM text, by which the bundle names it. */
  readonly key: string;
  readonly reasons: readonly Reason[];
};

/** The public key in a file, in the one layout whose digest bundles name. */
export const readKeyFile = async (file: string): Promise<string> => {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw misused({ path: '--key', message: 'this file cannot be read', found: show(file) }, { cause });
  });
  const key = readPublicKey(text);
  if (key !== undefined) return key.pem;
  throw misused({
    path: '--key',
    message: 'this file holds no key that verifies models',
    found: show(file),
    allowed: 'a PEM public key on P-256, P-384 or P-521',
    fix: 'clearance key --out FILE writes the key of a stage.',
  });
};

/** One byte more than a bundle may have, so that the verifier refuses it and memory does not have to hold it. */
const readBundle = async (file: string): Promise<string | undefined> => {
  const handle = await open(file).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  if (handle === undefined) return undefined;
  try {
    const wanted = Math.min((await handle.stat()).size, MAX_BUNDLE_BYTES + 1);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(wanted), 0, wanted, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
};

const unsigned = (bundle: string): Reason => ({
  rule: 'signing.bundle-missing',
  path: bundle,
  message: 'there is no signature to check',
  fix: 'clearance pull fetches a registered version with its signature.',
});

export type VerifyRequest = {
  readonly dir: string;
  readonly key: string;
  readonly bundle?: string | undefined;
  /** Also whether a verdict opens this door for these files. */
  readonly door?: Door | undefined;
};

/** Whether the files of a folder are those that the holder of the key signed, and may run where it says. Asks nobody. */
export const verify = async (
  { dir, key: keyFile, bundle: bundleFile = join(dir, BUNDLE), door }: VerifyRequest,
  context: Context,
): Promise<Outcome<VerifyDocument>> => {
  const publicKeyPem = await readKeyFile(keyFile);
  const beside = [bundleFile, ...(door === undefined ? [] : [door.verdict])].map((file) => resolve(file));
  const folder = await walk(dir, (path) => UNSIGNED_PATHS.includes(path) || beside.includes(resolve(dir, path)));
  const bundle = await reading(bundleFile, readBundle(bundleFile));
  const hashed = bundle === undefined ? [] : await hashAll(folder.files, context);
  const files = hashed.map(({ path, digest }) => ({ name: path, digest }));
  const verified =
    bundle === undefined
      ? { outcome: 'invalid' as const, reasons: [unsigned(bundleFile)] }
      : verifyBundle({ bundle, publicKeyPem, files });
  const against =
    verified.outcome === 'invalid'
      ? verified.reasons
      : door === undefined
        ? []
        : await reasonsAgainstVerdict(door, { dir, root: verified.root, publicKeyPem });
  const reasons = [...folder.reasons, ...against];
  const bytes = folder.files.reduce((sum, { size }) => sum + size, 0);
  const document: VerifyDocument = {
    outcome: reasons.length === 0 ? 'yes' : 'no',
    ...(verified.outcome === 'valid' && { root: verified.root }),
    files: folder.files.length,
    bytes,
    key: keyHint(publicKeyPem),
    reasons,
  };
  const text =
    reasons.length === 0
      ? [
          `✓ ${counted(folder.files.length, 'file')} (${inBytes(bytes)}) as signed, root ${document.root}`,
          ...(door === undefined ? [] : [`✓ and may run in ${door.environment} by the verdict in ${door.verdict}`]),
        ].join('\n')
      : [
          `✗ ${door === undefined ? 'not what the key signed' : 'this door stays closed'}, for ${counted(reasons.length, 'reason')}:`,
          ...reasonLines(reasons),
        ].join('\n');
  return { exitCode: reasons.length === 0 ? EXIT.yes : EXIT.no, document, text };
};
