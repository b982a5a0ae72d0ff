import type { Clock } from '../../core/kernel/clock.ts';
import { KeySetUnreadable } from '../../core/kernel/failures.ts';
import { describeReason } from '../../core/kernel/reason.ts';
import { KeyUnusable, signing, type Trust } from '../../core/signing/contract.ts';
import { openKeySet } from '../../core/signing/open-key-set.ts';
import { keyHint } from '../../core/signing/public-key.ts';
import { publicKeyOf } from '../../core/signing/statement.ts';
import { kmsSigner } from './kms-signer.adapter.ts';
import { lazy } from './lazy.ts';
import { findText } from './s3-write-once.adapter.ts';

const unreadable = (cause: unknown): never => {
  if (cause instanceof KeyUnusable)
    throw new KeySetUnreadable(`who seals key sets is not known: ${cause.message}`, { cause });
  throw cause;
};

type Place = { readonly bucket: string; readonly rootKeyArn: string };

/**
 * The keys of this plane, as it published them, and nobody else: sealed by the KMS key named, and not expired. Read anew
 * each time: what was kept from before a rotation would call the first verdict of the new key a forgery.
 * @throws KeySetUnreadable
 */
export const publishedKeys = ({ bucket, rootKeyArn }: Place, clock: Clock): (() => Promise<Trust>) => {
  const root = lazy(async () => keyHint(await publicKeyOf(kmsSigner(rootKeyArn))));
  const { current } = signing.keys.keySet;
  return async () => {
    const [found, rootId] = await Promise.all([findText(bucket, current), root().catch(unreadable)]);
    if (found === undefined) throw new KeySetUnreadable(`there is no ${current} in ${bucket}`);
    const at = clock.now();
    const opened = openKeySet({ text: found.body, anchor: { root: rootId }, at });
    if (opened.outcome === 'valid') return { keys: opened.keys, at };
    throw new KeySetUnreadable(`${current}: ${opened.reasons.map(describeReason).join('; ')}`);
  };
};
