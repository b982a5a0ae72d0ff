import { BUNDLE, DigestReport, Inventory, intake } from '../intake/contract.ts';
import { digestOf } from '../kernel/digest.ts';
import { EvidenceRef, type EvidenceStore, readEvidence } from '../kernel/evidence.ts';
import { EvidenceAltered } from '../kernel/failures.ts';
import type { Reason } from '../kernel/reason.ts';
import { rootDigestOf } from '../kernel/root-digest.ts';
import type { RegisteredVersion } from '../registry/contract.ts';
import { evidenceAltered, type RegisteredFile, recordAltered } from './differences.ts';

export type Contents = {
  readonly files: readonly RegisteredFile[];
  /** `model.sig`, as it was made. */
  readonly bundle: RegisteredFile;
};

type Read = { readonly contents: Contents } | { readonly reasons: readonly [Reason, ...Reason[]] };

const refOf = (version: RegisteredVersion, name: string): EvidenceRef => {
  const ref = version.evidence[name];
  if (ref === undefined) throw new EvidenceAltered(`the record names no ${name}`);
  return EvidenceRef.parse(ref);
};

type Documents = { readonly inventory: Inventory; readonly digests: DigestReport; readonly signature: string };

/** Documents that are each genuine, and together not those of this version. */
const contradictions = (version: RegisteredVersion, { inventory, digests }: Omit<Documents, 'signature'>): Reason[] => {
  const { attempt, files } = inventory;
  const subject = `${version.model} ${version.version}`;
  const resources = digests.files.map(({ path, digest }) => ({ name: path, digest }));
  const listed = JSON.stringify(files.map(({ path }) => path).sort());
  const claims: readonly [message: string, found: string, allowed: string][] = [
    ['the inventory is that of another version', `${attempt.model} ${attempt.version}`, subject],
    ['the inventory is that of another attempt', attempt.id, version.attempt],
    ['the digests are not those of the registered root', rootDigestOf(resources), version.root],
    [
      'the files are not those that were digested',
      JSON.stringify(digests.files.map(({ path }) => path).sort()),
      listed,
    ],
    ['the record counts other files', String(version.files), String(files.length)],
    ['the signature stands elsewhere', version.bundle.key, intake.keys.bundle(version)],
  ];
  return claims.flatMap(([message, found, allowed]) =>
    found === allowed ? [] : [recordAltered(message, found, allowed)],
  );
};

const contentsOf = (version: RegisteredVersion, { inventory, digests, signature }: Documents): Contents => {
  const known = new Map(digests.files.map(({ path, digest }) => [path, digest]));
  const files = inventory.files.flatMap(({ path, key, versionId, size }) => {
    const digest = known.get(path);
    return digest === undefined ? [] : [{ path, key, versionId, size, digest }];
  });
  const size = Buffer.byteLength(signature);
  return { files, bundle: { path: BUNDLE, ...version.bundle, size, digest: digestOf(signature) } };
};

const readSignature = async (evidence: EvidenceStore, { key, digest }: EvidenceRef): Promise<string> => {
  const signature = await evidence.get(key);
  if (digestOf(signature) !== digest) throw new EvidenceAltered(`${key} is not the signature that was made`);
  return signature;
};

/**
 * What has to stand in the bucket, by the evidence that the registry names with its digest; or why that evidence is not to
 * be believed. Then nobody knows what has to stand there.
 */
export const readContents = async (evidence: EvidenceStore, version: RegisteredVersion): Promise<Read> => {
  try {
    const [inventory, digests, signature] = await Promise.all([
      readEvidence(evidence, refOf(version, 'inventory'), Inventory),
      readEvidence(evidence, refOf(version, 'digests'), DigestReport),
      readSignature(evidence, refOf(version, 'bundle')),
    ]);
    const [first, ...others] = contradictions(version, { inventory, digests });
    if (first !== undefined) return { reasons: [first, ...others] };
    return { contents: contentsOf(version, { inventory, digests, signature }) };
  } catch (cause) {
    if (cause instanceof EvidenceAltered) return { reasons: [evidenceAltered(cause.message)] };
    throw cause;
  }
};
