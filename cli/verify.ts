import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BUNDLE } from '../core/intake/contract.ts';
import type { Digest } from '../core/kernel/digest.ts';
import type { Reason } from '../core/kernel/reason.ts';
import { UNSIGNED_PATHS } from '../core/signing/oms.ts';
import type { Trust } from '../core/signing/trust.ts';
import { verifyAttestation } from '../core/signing/verify-attestation.ts';
import { MAX_BUNDLE_BYTES, signerNamed, verifyBundle } from '../core/signing/verify-bundle.ts';
import { type Door, reasonsAgainstVerdict } from './check-verdict.ts';
import type { Context } from './context.ts';
import { hashAll, reading, walk } from './files.ts';
import { EXIT, type Outcome } from './outcome.ts';
import { counted, inBytes, oneLine, reasonLines } from './text.ts';
import { type KeyChoice, readTrust } from './trust.ts';

export type VerifyDocument = {
  readonly outcome: 'yes' | 'no';
  readonly root?: string;
  readonly files: number;
  readonly bytes: number;
  /** SHA-256 of the PEM text of the key that was asked for, or that the bundle names of a set. */
  readonly key?: string;
  /** The set of keys that was gone by. */
  readonly keySet?: { readonly plane: string; readonly version: number; readonly expiresAt: string };
  readonly reasons: readonly Reason[];
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

const reasonsAgainstAttestations = async (
  files: readonly string[],
  trust: Trust,
  root: Digest,
): Promise<readonly Reason[]> => {
  const checked = files.map(async (file) => {
    const text = (await reading(file, readBundle(file))) ?? '';
    const verified = verifyAttestation(text, trust, root);
    return verified.outcome === 'valid' ? [] : verified.reasons.map((reason) => ({ ...reason, path: file }));
  });
  return (await Promise.all(checked)).flat();
};

export type VerifyRequest = KeyChoice & {
  readonly dir: string;
  readonly bundle?: string | undefined;
  /** Files with attestations that have to be about these files. */
  readonly attestations?: readonly string[] | undefined;
  /** Also whether a verdict opens this door for these files. */
  readonly door?: Door | undefined;
};

/** Whether the files of a folder are those that a key which counts signed, and may run where it says. Asks nobody. */
export const verify = async (
  { dir, bundle: bundleFile = join(dir, BUNDLE), attestations = [], door, ...choice }: VerifyRequest,
  context: Context,
): Promise<Outcome<VerifyDocument>> => {
  const { trust, about } = await readTrust(choice, new Date());
  const beside = [bundleFile, ...attestations, ...(door === undefined ? [] : [door.verdict])].map((file) =>
    resolve(file),
  );
  const folder = await walk(dir, (path) => UNSIGNED_PATHS.includes(path) || beside.includes(resolve(dir, path)));
  const bundle = await reading(bundleFile, readBundle(bundleFile));
  const hashed = bundle === undefined ? [] : await hashAll(folder.files, context);
  const files = hashed.map(({ path, digest }) => ({ name: path, digest }));
  const verified =
    bundle === undefined
      ? { outcome: 'invalid' as const, reasons: [unsigned(bundleFile)] }
      : verifyBundle({ bundle, files, ...trust });
  const against =
    verified.outcome === 'invalid'
      ? verified.reasons
      : [
          ...(await reasonsAgainstAttestations(attestations, trust, verified.root)),
          ...(door === undefined ? [] : await reasonsAgainstVerdict(door, { dir, root: verified.root, trust })),
        ];
  const reasons = [...folder.reasons, ...against];
  const bytes = folder.files.reduce((sum, { size }) => sum + size, 0);
  const document: VerifyDocument = {
    outcome: reasons.length === 0 ? 'yes' : 'no',
    ...(verified.outcome === 'valid' && { root: verified.root }),
    files: folder.files.length,
    bytes,
    ...about(bundle === undefined ? undefined : signerNamed(bundle)),
    reasons,
  };
  const text =
    reasons.length === 0
      ? [
          `✓ ${counted(folder.files.length, 'file')} (${inBytes(bytes)}) as signed, root ${document.root}`,
          ...attestations.map((file) => `✓ ${oneLine(file)} is attested about them`),
          ...(door === undefined ? [] : [`✓ and may run in ${door.environment} by the verdict in ${door.verdict}`]),
        ].join('\n')
      : [
          `✗ ${door === undefined ? 'not what was signed' : 'this door stays closed'}, for ${counted(reasons.length, 'reason')}:`,
          ...reasonLines(reasons),
        ].join('\n');
  return { exitCode: reasons.length === 0 ? EXIT.yes : EXIT.no, document, text };
};
