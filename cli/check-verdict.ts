import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyVerdict } from '../core/admission/verify-verdict.ts';
import { MANIFEST } from '../core/intake/contract.ts';
import type { Digest } from '../core/kernel/digest.ts';
import { type Reason, show } from '../core/kernel/reason.ts';
import type { Trust } from '../core/signing/trust.ts';
import { misused } from './outcome.ts';
import { isObject } from './told.ts';

/** The door that somebody stands at, with a signed verdict in hand. */
export type Door = {
  /** The file that `clearance admit --bundle` wrote. */
  readonly verdict: string;
  readonly environment: string;
  readonly deployment?: string | undefined;
};

/** A verdict without a door, or a door without a verdict, is half a question. */
export const doorOf = ({ verdict, environment, deployment }: Partial<Door>): Door | undefined => {
  if (verdict === undefined && environment === undefined && deployment === undefined) return undefined;
  if (verdict === undefined || environment === undefined)
    throw misused({
      path: verdict === undefined ? '--verdict' : '--env',
      message: 'not given',
      fix: 'Give --verdict and --env together.',
    });
  return { verdict, environment, deployment };
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** As the manifest in the folder says: it is one of the files that the signature covers. */
const namedIn = async (dir: string): Promise<{ model: string; version: string }> => {
  const manifest = parsed(await readFile(join(dir, MANIFEST), 'utf8').catch(() => ''));
  const { model, version } = isObject(manifest) ? manifest : {};
  return { model: String(model ?? ''), version: String(version ?? '') };
};

/** Why a verdict does not open this door, now, for these bytes; nothing where it does. */
export const reasonsAgainstVerdict = async (
  { verdict, environment, deployment }: Door,
  { dir, root, trust }: { readonly dir: string; readonly root: Digest; readonly trust: Trust },
): Promise<readonly Reason[]> => {
  const bundle = await readFile(verdict, 'utf8').catch((cause: unknown) => {
    throw misused({ path: '--verdict', message: 'this file cannot be read', found: show(verdict) }, { cause });
  });
  const expected = { ...(await namedIn(dir)), root, environment, target: deployment ?? null };
  const verified = verifyVerdict(bundle, trust, expected, new Date());
  return verified.outcome === 'valid' ? [] : verified.reasons;
};
