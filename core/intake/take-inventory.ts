import { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import { digestOf } from '../kernel/digest.ts';
import { type EvidenceRef, type EvidenceStore, keepEvidence } from '../kernel/evidence.ts';
import type { Reason } from '../kernel/reason.ts';
import { rest } from './attempt.ts';
import { changeAttempt } from './change-attempt.ts';
import {
  type Attempt,
  type IntakeLimits,
  Inventory,
  intake,
  MANIFEST,
  MAX_MANIFEST_BYTES,
  Refusal,
} from './contract.ts';
import type { Manifest } from './manifest.ts';
import type { Answers, Attempts, RegisteredVersions, Uploads } from './ports.ts';
import type { ReadManifest } from './read-manifest.ts';
import { settleAttempt } from './settle-attempt.ts';
import { refuseExcess, type StoredObject, takeStock } from './take-stock.ts';

type Input = z.output<typeof intake.tasks.takeInventory.input>;
type Output = z.input<typeof intake.tasks.takeInventory.output>;

export type InventoryPorts = {
  uploads: Uploads;
  /** `readManifest`, behind a door: most deliveries of a manifest end before it is read. */
  read(bytes: Uint8Array, place: Attempt): Promise<ReadManifest>;
  attempts: Attempts;
  versions: RegisteredVersions;
  evidence: EvidenceStore & { find(key: string): Promise<string | undefined> };
  answers: Answers;
  clock: Clock;
  limits: IntakeLimits;
};

/** Reads the manifest and pins the versions of everything it declares, once per look. */
export const takeInventory =
  (ports: InventoryPorts) =>
  async ({ attempt, execution }: Input): Promise<Output> => {
    const pinned = await findPinned(ports, attempt);
    if (pinned !== undefined) return pinned;

    const objects = await ports.uploads.list(attempt, ports.limits.files + 3);
    const current = objects.find((object) => object.path === MANIFEST);
    if (current === undefined) return refuse(ports, attempt, whyUnseen(objects, ports.limits));
    if (current.versionId !== attempt.manifest) return supersede(ports, attempt, execution, current);

    // One byte more than is read, so that a manifest that is too long can be told from one that just fits.
    const reading = await ports.read(await ports.uploads.manifest(attempt, MAX_MANIFEST_BYTES + 1), attempt);
    if (reading.outcome === 'invalid') return refuse(ports, attempt, reading.reasons);

    const registered = (await ports.versions.find(attempt)) !== undefined;
    const stock = takeStock({ manifest: reading.manifest, objects, limits: ports.limits, registered });
    switch (stock.outcome) {
      case 'refused':
        return refuse(ports, attempt, stock.reasons);
      case 'incomplete':
        if (attempt.lastLook) return refuse(ports, attempt, stock.missing.map(missingFile));
        return waitForFiles(ports, attempt, reading.manifest);
      case 'complete':
        return pin(ports, attempt, reading.manifest, { attempt, files: stock.files, bytes: stock.bytes });
    }
  };

/** What `read` gave needs no second reading. */
const READ = z.custom<Manifest>();

const NOTHING = { inventory: null, manifest: null, refusal: null, files: 0, bytes: 0 };

const summary = (inventory: Inventory) => ({ files: inventory.files.length, bytes: inventory.bytes });

/** A look that was interrupted goes on with what it pinned, whatever has been uploaded since. */
const findPinned = async ({ evidence }: InventoryPorts, attempt: Attempt): Promise<Output | undefined> => {
  const [inventoryKey, manifestKey] = [intake.keys.inventory(attempt), intake.keys.manifest(attempt)];
  const standing = await evidence.find(inventoryKey);
  const manifest = standing === undefined ? undefined : await evidence.find(manifestKey);
  if (standing === undefined || manifest === undefined) return undefined;
  return {
    ...NOTHING,
    outcome: 'complete',
    inventory: { key: inventoryKey, digest: digestOf(standing) },
    manifest: { key: manifestKey, digest: digestOf(manifest) },
    ...summary(Inventory.parse(JSON.parse(standing))),
  };
};

const pin = async (
  { evidence }: InventoryPorts,
  attempt: Attempt,
  manifest: Manifest,
  found: Inventory,
): Promise<Output> => {
  const kept = await keepEvidence(evidence, intake.keys.manifest(attempt), READ, manifest);
  const inventory = await keepEvidence(evidence, intake.keys.inventory(attempt), Inventory, found);
  return {
    ...NOTHING,
    outcome: 'complete',
    inventory: inventory.ref,
    manifest: kept.ref,
    ...summary(inventory.document),
  };
};

const refuse = async (
  { evidence }: InventoryPorts,
  attempt: Attempt,
  reasons: [Reason, ...Reason[]] | Reason[],
): Promise<Output> => {
  const refusal: { ref: EvidenceRef } = await keepEvidence(evidence, intake.keys.refusal(attempt), Refusal, {
    reasons,
  });
  return { ...NOTHING, outcome: 'refused', refusal: refusal.ref };
};

/**
 * Rests first and looks once more then: a file that arrived before the rest was written would otherwise be missed by
 * both, since whoever announced it found the attempt running.
 */
const waitForFiles = async (ports: InventoryPorts, attempt: Attempt, manifest: Manifest): Promise<Output> => {
  await changeAttempt(ports.attempts, attempt, (standing) =>
    standing?.status === 'running' ? { record: rest(standing) } : undefined,
  );
  const present = new Set((await ports.uploads.list(attempt, ports.limits.files + 3)).map((object) => object.path));
  const arrived = manifest.files.every((file) => present.has(file.path));
  return { ...NOTHING, outcome: arrived ? 'arrived' : 'incomplete' };
};

/** A newer manifest is an attempt of its own and has an answer of its own; this one ends without a verdict. */
const supersede = async (
  ports: InventoryPorts,
  attempt: Attempt,
  execution: string,
  by: StoredObject,
): Promise<Output> => {
  const reason: Reason = {
    rule: 'intake.superseded',
    path: MANIFEST,
    message: `a newer manifest.json was uploaded, S3 version ${by.versionId}`,
    fix: `See the answer at ${intake.keys.answer({ ...attempt, id: by.versionId })}.`,
  };
  const answeredAt = ports.clock.now().toISOString();
  await settleAttempt(ports, attempt, {
    outcome: 'superseded',
    answeredAt,
    reasons: [reason],
    evidence: {},
    execution,
  });
  return { ...NOTHING, outcome: 'superseded' };
};

/** The list ends when the stage takes no more, and the manifest's name may stand behind that end. */
const whyUnseen = (objects: readonly StoredObject[], limits: IntakeLimits): Reason[] =>
  objects.length > limits.files ? refuseExcess(objects, limits) : [manifestDeleted()];

const manifestDeleted = (): Reason => ({
  rule: 'intake.manifest-deleted',
  path: MANIFEST,
  message: 'the manifest was deleted before it could be read',
  fix: 'Upload manifest.json again.',
});

const missingFile = (path: string): Reason => ({
  rule: 'intake.file-missing',
  path,
  message: 'the manifest declares it and it never arrived',
  fix: 'Upload the file and then manifest.json again, or take it out of the manifest.',
});
