import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../core/audit/checkpoint.ts';
import { CHECKPOINT, LOG_KEY } from '../../core/audit/contract.ts';
import { type NoteKey, readVerifierKey, verifierKey } from '../../core/audit/note.ts';
import { factId } from '../../core/kernel/fact.ts';
import { registry } from '../../core/registry/contract.ts';
import { root } from '../../local/paths.ts';
import { folderOf, type Plane, shippedModel, submit } from '../support/flight.ts';
import { eventually, sharedLocalAws } from '../support/local.ts';
import { shellOf } from '../support/people.ts';

const ENTRY = join(root, 'cli', 'clearance.mjs');

let plane: Plane;
let env: Record<string, string>;

/** As the auditor, whose grant is enforced. */
const audit = (...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [ENTRY, 'audit', ...args], { env }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });

const log = () => plane.outputs.AuditLogBucketName ?? '';
const copy = () => plane.outputs.AuditCopyBucketName ?? '';

const textOf = async (bucket: string, key: string): Promise<string> => {
  const { Body } = await plane.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return (await Body?.transformToString()) ?? '';
};

const keyOfLog = async (): Promise<NoteKey> => {
  const key = readVerifierKey(await textOf(log(), LOG_KEY));
  if (key === undefined) throw new Error('the log has no key');
  return key;
};

/** Resolves to the id of the fact that tells of the registration. */
const registered = async (): Promise<string> => {
  const shipped = shippedModel('iris-forest', '1.0.0');
  await submit(plane, shipped, shipped.files);
  return factId(registry.events.versionRegistered, shipped.model, shipped.version);
};

beforeAll(async () => {
  plane = await sharedLocalAws('iam');
  env = { PATH: process.env.PATH ?? '', ...(await shellOf(plane, 'Auditor')) };
});

describe('what happened', () => {
  test('is proven within seconds, by one file, to whoever has the key', async () => {
    using dir = await folderOf({});
    const proof = join(dir.folder, 'fact.tlog-proof');
    const fact = await registered();

    const since = Date.now();
    await eventually('a proof of the registration', async () =>
      (await audit('prove', fact, '--out', proof)).status === 0 ? true : undefined,
    );
    const seconds = (Date.now() - since) / 1000;
    console.error(`      proven after ${seconds.toFixed(1)} s`);
    const verified = await audit('verify', proof, '--key', (await textOf(log(), LOG_KEY)).trim());

    // Under ten on a machine that does nothing else.
    expect(seconds).toBeLessThan(60);
    expect(verified).toMatchObject({ status: 0, stderr: '' });
    expect(verified.stdout).toContain(`registry.version-registered.v1 ${fact}`);
  });

  test('stands once in a log that verifies whole, however many facts came at once, and in its copy', async () => {
    using dir = await folderOf({});
    const keep = join(dir.folder, 'kept');
    const facts = await Promise.all(Array.from({ length: 4 }, registered));
    const key = await keyOfLog();
    const sizeOf = async (bucket: string) => openCheckpoint(await textOf(bucket, CHECKPOINT), key)?.size ?? 0;
    await eventually('the last fact in the log', async () => {
      const { status } = await audit('prove', facts.at(-1) ?? '');
      return status === 0 ? true : undefined;
    });
    await eventually('the log in its copy', async () =>
      (await sizeOf(copy())) === (await sizeOf(log())) ? true : undefined,
    );

    const place = `s3://${log()}`;
    const proofs = await Promise.all(
      facts.map((fact) => audit('prove', fact, '--log', `s3://${copy()}`, '--key', verifierKey(key))),
    );
    const verified = await audit(
      'verify',
      place,
      '--key',
      (await textOf(log(), LOG_KEY)).trim(),
      '--copy',
      `s3://${copy()}`,
      '--keep',
      keep,
    );

    expect(proofs.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
    expect(verified).toMatchObject({ status: 0, stderr: '' });
    expect(existsSync(keep) && openCheckpoint(readFileSync(keep, 'utf8'), key)?.origin).toBe(key.name);
  });

  test('is exported with its details and proofs, and registry and log agree (X6)', async () => {
    const exported = await audit('export', '--from', '2026-01-01');
    const complete = await audit('complete');

    const types = exported.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(exported.stderr).toBe('');
    expect(types.every(({ detail, proof }) => detail !== undefined && proof !== undefined)).toBe(true);
    expect(complete).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('a log that an administrator of the account changed', () => {
  const restored = async (key: string, version: string | undefined): Promise<void> => {
    await plane.s3.send(new DeleteObjectCommand({ Bucket: log(), Key: key, VersionId: version }));
  };
  const verify = async () => {
    const { status, stdout } = await audit(
      'verify',
      `s3://${log()}`,
      '--key',
      (await textOf(log(), LOG_KEY)).trim(),
      '--json',
    );
    return { status, reasons: (JSON.parse(stdout) as { reasons: { rule: string; path: string }[] }).reasons };
  };

  test('by an object over a tile, or a delete marker on one, is found, and the object is named', async () => {
    const { size } = openCheckpoint(await textOf(log(), CHECKPOINT), await keyOfLog()) ?? { size: 0 };
    const tile = size >= 256 ? 'tile/0/000' : `tile/0/000.p/${size}`;

    const over = await plane.s3.send(new PutObjectCommand({ Bucket: log(), Key: tile, Body: Buffer.alloc(32 * size) }));
    const replaced = await verify();
    await restored(tile, over.VersionId);
    const marker = await plane.s3.send(new DeleteObjectCommand({ Bucket: log(), Key: tile }));
    const hidden = await verify();
    await restored(tile, marker.VersionId);
    const mended = await verify();

    expect([replaced.status, hidden.status, mended.status]).toEqual([1, 1, 0]);
    expect(replaced.reasons.map(({ rule }) => rule)).toContain('audit.entry-differs');
    expect(hidden.reasons).toContainEqual(expect.objectContaining({ rule: 'audit.missing', path: tile }));
  });
});
