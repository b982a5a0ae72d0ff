import type { Clock } from '../kernel/clock.ts';
import { EvidenceAltered, Throttled } from '../kernel/failures.ts';
import { describeReason } from '../kernel/reason.ts';
import { signing } from './contract.ts';
import type { KeyRules, KeySet } from './key-set.ts';
import { nextKeySet } from './next-key-set.ts';
import { openKeySet } from './open-key-set.ts';
import type { Signer } from './ports.ts';
import { keyHint } from './public-key.ts';
import { sealKeySet } from './seal-key-set.ts';
import { publicKeyOf } from './statement.ts';

type Published = { readonly body: string; readonly tag: string };

/** Where key sets stand. One is replaced only by whoever read it, or two publishers could turn time back. */
export type KeySetStore = {
  find(key: string): Promise<Published | undefined>;
  /** Resolves to the bytes that stand under `key`. */
  putOnce(key: string, body: string): Promise<string>;
  /** False when something else stands there than what was read, or than nothing. */
  replace(key: string, body: string, read: Published | undefined): Promise<boolean>;
};

export type PublishKeysPorts = {
  readonly store: KeySetStore;
  /** The key that statements are signed with now. */
  readonly signer: Pick<Signer, 'publicKey'>;
  /** Keys that seal sets, oldest first. */
  readonly sealers: readonly Signer[];
  /** Verifier keys of the audit log. */
  readonly logKeys: () => Promise<readonly string[]>;
  readonly clock: Clock;
  readonly plane: string;
  readonly rules: KeyRules;
};

export type PublishedKeys = {
  readonly version: number;
  /** What readers pin. */
  readonly rootKeyId: string;
  readonly signingKeyId: string;
};

const { current, version: versionKey } = signing.keys.keySet;

/** @throws EvidenceAltered when what stands is not a set that one of our keys sealed */
const opened = (text: string, roots: readonly string[], where: string): KeySet => {
  const tries = roots.map((root) => openKeySet({ text, anchor: { root }, at: 'whenever' }));
  const valid = tries.find(({ outcome }) => outcome === 'valid');
  if (valid?.outcome === 'valid') return valid.keys;
  const [first] = tries;
  const reasons = first?.outcome === 'invalid' ? first.reasons.map(describeReason).join('; ') : 'no key for sets';
  throw new EvidenceAltered(`${where} is not a key set of this plane: ${reasons}`);
};

/** The newest set, which need not be the one that is shown: whoever wrote it may have died before it was. */
const newest = async ({ store }: PublishKeysPorts, roots: readonly string[]) => {
  const shown = await store.find(current);
  let text = shown?.body;
  let keys = text === undefined ? undefined : opened(text, roots, current);
  for (;;) {
    const key = versionKey((keys?.version ?? 0) + 1);
    const found = await store.find(key);
    if (found === undefined) return { shown, keys, text };
    keys = opened(found.body, roots, key);
    text = found.body;
  }
};

const TRIES = 5;

/**
 * Publishes the key set of a plane: what stands, moved on to what is in use and what is revoked. Says nothing new while
 * nothing is new. May run at any time, several times at once, and end anywhere.
 * @throws KeySetRefused, KeyUnusable, EvidenceAltered
 */
export const publishKeySet = (ports: PublishKeysPorts) => async (): Promise<PublishedKeys> => {
  const { store, signer, sealers, logKeys, clock, plane, rules } = ports;
  const [signing, sealing, logs] = await Promise.all([
    publicKeyOf(signer),
    Promise.all(sealers.map(publicKeyOf)),
    logKeys(),
  ]);
  const inUse = { signing: [signing], 'key-set': sealing, 'audit-log': logs };
  const roots = sealing.map(keyHint);
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const { shown, keys: standing, text } = await newest(ports, roots);
    const next = nextKeySet({ plane, standing, inUse, rules, now: clock.now() });
    const body = next === undefined ? text : await sealKeySet(next, sealers);
    const keys = next ?? standing;
    if (body === undefined || keys === undefined) throw new Error('neither a set that stands nor one that follows');
    // Somebody else's set of this number: look again what follows on that.
    if (next !== undefined && (await store.putOnce(versionKey(next.version), body)) !== body) continue;
    if (shown?.body !== body && !(await store.replace(current, body, shown))) continue;
    return { version: keys.version, rootKeyId: roots.at(-1) ?? '', signingKeyId: keyHint(signing) };
  }
  throw new Throttled('others publish key sets at the same time');
};
