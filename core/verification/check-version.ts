import { BUNDLE, CLEARED, intake, QUARANTINED } from '../intake/contract.ts';
import { concurrently } from '../kernel/concurrently.ts';
import { digestOf } from '../kernel/digest.ts';
import type { EvidenceStore } from '../kernel/evidence.ts';
import { UploadChanged } from '../kernel/failures.ts';
import type { Reason } from '../kernel/reason.ts';
import type { RegisteredVersion } from '../registry/contract.ts';
import { MAX_BUNDLE_BYTES } from '../signing/contract.ts';
import {
  bytesChanged,
  checksumChanged,
  fileAdded,
  fileGone,
  fileHidden,
  fileOverwritten,
  markChanged,
  type RegisteredFile,
  sizeChanged,
} from './differences.ts';
import { KeyNotAtHand, TooManyObjects } from './failures.ts';
import { hashOf } from './hash-file.ts';
import type { Meter } from './meter.ts';
import type { Objects, Stored, VerifySignature } from './ports.ts';
import { type Contents, readContents } from './read-contents.ts';

export type CheckPorts = {
  readonly objects: Objects;
  readonly evidence: EvidenceStore;
  readonly signature: VerifySignature;
  readonly meter: Meter;
};

export type Checked = {
  /** Nothing where the evidence is not to be believed: then nobody knows what has to be there. */
  readonly contents: Contents | undefined;
  readonly reasons: readonly Reason[];
};

const WIDTH = 16;

/** What one look found, and what kept it from finding more. */
type Look = { readonly reasons: readonly Reason[]; readonly failed?: unknown };

const attempt = async (look: () => Promise<readonly Reason[]>): Promise<Look> => {
  try {
    return { reasons: await look() };
  } catch (failed) {
    return { reasons: [], failed };
  }
};

const together = (looks: readonly Look[]): Look => {
  const failed = looks.find((look) => look.failed !== undefined)?.failed;
  return { reasons: looks.flatMap(({ reasons }) => reasons), ...(failed !== undefined && { failed }) };
};

/** Of objects beside those that were registered. Whoever may upload can add some; readers get none of them. */
const MOST_BESIDE = 1000;

/**
 * The same bytes, submitted once more, stand under a new S3 version: intake clears that, and whoever reads by key gets
 * what was registered.
 */
const isSame = async ({ objects, meter }: CheckPorts, file: RegisteredFile, current: Stored): Promise<boolean> => {
  if (current.size !== file.size) return false;
  if (current.digest !== undefined) return current.digest === file.digest;
  try {
    return (await hashOf({ objects, meter }, { ...current, key: file.key })) === file.digest;
  } catch (cause) {
    if (cause instanceof UploadChanged) return false;
    throw cause;
  }
};

const checkStored = (file: RegisteredFile, { size, digest }: Stored): Reason[] => {
  if (size !== file.size) return [sizeChanged(file, size)];
  return digest === undefined || digest === file.digest ? [] : [checksumChanged(file, digest)];
};

const checkCurrent = async (
  ports: CheckPorts,
  file: RegisteredFile,
  current: Stored | undefined,
): Promise<Reason[]> => {
  if (current === undefined) return [fileHidden(file)];
  return (await isSame(ports, file, current)) ? [] : [fileOverwritten(file, current)];
};

const checkFile = async (ports: CheckPorts, file: RegisteredFile, marks: readonly string[]): Promise<Reason[]> => {
  const { objects } = ports;
  const current = await objects.current(file.key);
  const isCurrent = current?.versionId === file.versionId;
  const pinned = isCurrent ? current : await objects.pinned(file);
  if (pinned === undefined) return [fileGone(file)];
  const mark = await objects.mark(file);
  return [
    ...checkStored(file, pinned),
    ...(isCurrent ? [] : await checkCurrent(ports, file, current)),
    ...(marks.includes(mark ?? '') ? [] : [markChanged(file, mark, marks)]),
  ];
};

/** Only what readers would get counts: anybody who may submit can put objects there, and nobody but the plane clears them. */
const checkBeside = async ({ objects }: CheckPorts, prefix: string, { files, bundle }: Contents): Promise<Look> => {
  const registered = new Set([...files, bundle].map(({ key }) => key));
  const keys = await objects.keys(prefix, registered.size + MOST_BESIDE + 1);
  const beside = keys.filter((key) => !registered.has(key));
  const looks = await concurrently(beside.slice(0, MOST_BESIDE), WIDTH, (key) =>
    attempt(async () => {
      const current = await objects.current(key);
      const mark = current === undefined ? undefined : await objects.mark({ key, versionId: current.versionId });
      return current !== undefined && mark === CLEARED ? [fileAdded(key.slice(prefix.length), current)] : [];
    }),
  );
  if (beside.length <= MOST_BESIDE) return together(looks);
  const failed = new TooManyObjects(`more than ${MOST_BESIDE} objects below ${prefix} were never registered`);
  return together([...looks, { reasons: [], failed }]);
};

const textOf = async ({ objects, meter }: CheckPorts, bundle: RegisteredFile): Promise<string | undefined> => {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of await objects.bytes(bundle)) {
      meter.bytes += chunk.length;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  } catch (cause) {
    if (cause instanceof UploadChanged) return undefined;
    throw cause;
  }
};

/** Of what nobody signed for us it does not matter whose key it names. */
const whyNot = async (verifying: Promise<readonly Reason[]>, isOurs: boolean): Promise<readonly Reason[]> => {
  try {
    return await verifying;
  } catch (cause) {
    if (!isOurs && cause instanceof KeyNotAtHand)
      return [{ rule: 'verification.signature-foreign', message: cause.message, path: BUNDLE }];
    throw cause;
  }
};

/**
 * `model.sig`, read in every look, since everything else rests on it. It is the one that was made, or another of the same
 * files and root with a key that counts: a version that is submitted again after a rotation keeps the one it has.
 */
const checkSignature = async (
  ports: CheckPorts,
  version: RegisteredVersion,
  { files, bundle }: Contents,
  marks: readonly string[],
): Promise<readonly Reason[]> => {
  const stands = await ports.objects.pinned(bundle);
  if (stands === undefined || stands.size > MAX_BUNDLE_BYTES) return checkFile(ports, bundle, marks);
  const text = await textOf(ports, { ...bundle, size: stands.size });
  if (text === undefined) return [bytesChanged(bundle, 'fewer bytes')];
  const found = digestOf(text);
  const isOurs = found === bundle.digest;
  const resources = files.map(({ path, digest }) => ({ name: path, digest }));
  const reasons = await whyNot(ports.signature(text, resources, version.root), isOurs);
  const forged = isOurs || reasons.length === 0 ? [] : [bytesChanged(bundle, found)];
  return [...forged, ...reasons, ...(await checkFile(ports, { ...bundle, size: stands.size, digest: found }, marks))];
};

/**
 * Everything that can be said of a version without reading its bytes: each object version is there, current, as large as
 * it was, cleared, with the checksum that S3 keeps of it; nothing else can be read beside them; the signature is the one
 * that was made, verifies, and is about the registered root. `quarantined`: its readers are kept from it by us.
 *
 * A difference that was seen is one, whatever else could not be looked at: otherwise whoever may upload could keep a
 * verdict away by uploading what takes too long to look at.
 * @throws what kept it from looking, if it saw no difference: that is no verdict
 */
export const checkVersion = async (
  ports: CheckPorts,
  version: RegisteredVersion,
  { quarantined }: { quarantined: boolean },
): Promise<Checked> => {
  const read = await readContents(ports.evidence, version);
  if ('reasons' in read) return { contents: undefined, reasons: read.reasons };
  const { contents } = read;
  const marks = quarantined ? [CLEARED, QUARANTINED] : [CLEARED];
  const [objects, beside, signature] = await Promise.all([
    concurrently(contents.files, WIDTH, (file) => attempt(() => checkFile(ports, file, marks))),
    checkBeside(ports, intake.keys.prefix(version), contents),
    attempt(() => checkSignature(ports, version, contents, marks)),
  ]);
  const { reasons, failed } = together([...objects, beside, signature]);
  if (reasons.length === 0 && failed !== undefined) throw failed;
  return { contents, reasons };
};
