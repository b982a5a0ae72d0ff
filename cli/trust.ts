import { readFile } from 'node:fs/promises';
import { describeReason, show } from '../core/kernel/reason.ts';
import { registryApi } from '../core/registry/api.ts';
import { signing } from '../core/signing/contract.ts';
import type { KeySet } from '../core/signing/key-set.ts';
import { openKeySet } from '../core/signing/open-key-set.ts';
import { keyHint, readPublicKey } from '../core/signing/public-key.ts';
import type { Trust } from '../core/signing/trust.ts';
import { type PlanePorts, planeSource } from './key-set-source.ts';
import { couldNotTell, misused } from './outcome.ts';

/** Which keys count, as whoever calls says: one, or a set. */
export type KeyChoice = {
  /** File with a public key. */
  readonly key?: string | undefined;
  /** File with a key set, as `clearance keys --out` keeps it. */
  readonly keys?: string | undefined;
  /** Take a set that has expired, and with it whatever has been revoked since. */
  readonly expiredKeys?: boolean | undefined;
};

type About = { readonly key?: string; readonly keySet?: Pick<KeySet, 'plane' | 'version' | 'expiresAt'> };
type ReadTrust = {
  readonly trust: Trust;
  /** What to tell of it, given which key a bundle names. */
  readonly about: (signer: string | undefined) => About;
};

const readText = (file: string, option: string): Promise<string> =>
  readFile(file, 'utf8').catch((cause: unknown) => {
    throw misused({ path: option, message: 'this file cannot be read', found: show(file) }, { cause });
  });

/** The public key in a file, in the one layout whose digest bundles name. */
const readKeyFile = async (file: string): Promise<ReadTrust> => {
  const key = readPublicKey(await readText(file, '--key'));
  if (key === undefined)
    throw misused({
      path: '--key',
      message: 'this file holds no key that verifies models',
      found: show(file),
      allowed: 'a PEM public key on P-256, P-384 or P-521',
      fix: 'clearance key --out FILE writes the key of a stage.',
    });
  return { trust: { publicKeyPem: key.pem }, about: () => ({ key: keyHint(key.pem) }) };
};

const trustIn = (keys: KeySet, at: Date): ReadTrust => {
  const { plane, version, expiresAt } = keys;
  return {
    trust: { keys, at },
    about: (signer) => ({ ...(signer !== undefined && { key: signer }), keySet: { plane, version, expiresAt } }),
  };
};

/** The set in a file came over a way that whoever gives it trusts; here it is only seen to be whole and fresh. */
const readSetFile = async (file: string, at: Date, expired: boolean): Promise<ReadTrust> => {
  const text = await readText(file, '--keys');
  const opened = openKeySet({ text, anchor: 'the-file-itself', at: expired ? 'whenever' : at });
  if (opened.outcome === 'valid') return trustIn(opened.keys, at);
  // A set that is merely stale says nothing against what it would verify.
  const isStale = opened.reasons.every(({ rule }) => rule === 'signing.key-set-expired');
  throw (isStale ? couldNotTell : misused)({
    path: '--keys',
    message: `this file holds no key set to go by: ${opened.reasons.map(describeReason).join('; ')}`,
    found: show(file),
    fix: 'clearance keys --out FILE writes the set of a stage, and brings it up to date.',
  });
};

/** @throws Problem unless exactly one of the two is given, and can be gone by */
export const readTrust = async ({ key, keys, expiredKeys = false }: KeyChoice, now: Date): Promise<ReadTrust> => {
  if ((key === undefined) === (keys === undefined))
    throw misused({
      path: key === undefined ? '--key' : '--keys',
      message: key === undefined ? 'not given' : 'given beside --key',
      fix: 'Give one key with --key, or the key set of a plane with --keys.',
    });
  return key === undefined ? readSetFile(keys ?? '', now, expiredKeys) : readKeyFile(key);
};

type Trusted = { readonly trust: Trust; readonly from: 'file' | 'plane' };

/** The keys as the plane itself gives them, over IAM and TLS: one alone where it was deployed before it had a set. */
const askPlane = async (ports: PlanePorts): Promise<Trusted> => {
  const now = new Date();
  const text = await planeSource(ports)(signing.keys.keySet.current);
  if (text !== undefined) {
    const opened = openKeySet({ text, anchor: 'the-file-itself', at: now });
    if (opened.outcome === 'valid') return { ...trustIn(opened.keys, now), from: 'plane' };
    throw couldNotTell({
      message: `the plane's key set is not to be gone by: ${opened.reasons.map(describeReason).join('; ')}`,
      fix: 'Tell whoever runs the plane; give a key with --key, or a set with --keys.',
    });
  }
  const answer = await ports.plane.ask(registryApi.key, {});
  if (answer === undefined)
    throw couldNotTell({ message: 'the plane does not tell its key', fix: 'Give it with --key.' });
  return { trust: { publicKeyPem: answer.pem }, from: 'plane' };
};

/** Keys from a file where one is named, and otherwise on the plane's own word. */
export const trusted = async (ports: PlanePorts, { key, keys }: Pick<KeyChoice, 'key' | 'keys'>): Promise<Trusted> =>
  key === undefined && keys === undefined
    ? askPlane(ports)
    : { ...(await readTrust({ key, keys }, new Date())), from: 'file' };
