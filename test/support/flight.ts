import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { Answer } from '../../core/intake/contract.ts';
import { digestOf } from '../../core/kernel/digest.ts';
import { type Clients, eventually, type Running } from './local.ts';

export type Plane = Running & Clients;
export type Files = Record<string, Uint8Array>;

const modelsFolder = join(import.meta.dirname, '../../models');

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));

/** A version shipped with this repository, under a model name of its own so that tests do not meet. */
export const shippedModel = (model: string, version: string, as = `${model}-${randomUUID().slice(0, 8)}`) => {
  const folder = join(modelsFolder, model, version);
  const files: Files = Object.fromEntries(filesBelow(folder).map((path) => [path, readFileSync(join(folder, path))]));
  const manifest = { ...JSON.parse(Buffer.from(files['manifest.json'] ?? []).toString()), model: as };
  return { model: as, version, manifest, files: withManifest(files, manifest) };
};

export const withManifest = (files: Files, manifest: unknown): Files => ({
  ...files,
  'manifest.json': Buffer.from(JSON.stringify(manifest, null, 2)),
});

/** The manifest's digests brought in line with the files: what an honest producer of these bytes would declare. */
export const redeclared = (files: Files, manifest: { files: { path: string; size?: number }[] }): Files =>
  withManifest(files, {
    ...manifest,
    files: manifest.files.map(({ path }) => {
      const bytes = files[path] ?? new Uint8Array();
      return { path, digest: digestOf(bytes), size: bytes.length };
    }),
  });

/** Uploads in the given order, the manifest last unless it is named; resolves to the S3 version of each file. */
export const upload = async (
  plane: Plane,
  subject: { model: string; version: string },
  files: Files,
  order: readonly string[] = [...Object.keys(files).filter((path) => path !== 'manifest.json'), 'manifest.json'],
): Promise<Record<string, string>> => {
  const versions: Record<string, string> = {};
  for (const path of order) {
    const { VersionId } = await plane.s3.send(
      new PutObjectCommand({
        Bucket: plane.outputs.ModelBucketName,
        Key: `models/${subject.model}/${subject.version}/${path}`,
        Body: files[path] ?? new Uint8Array(),
      }),
    );
    versions[path] = VersionId ?? '';
  }
  return versions;
};

export const objectText = async (plane: Plane, key: string): Promise<string | undefined> => {
  try {
    const { Body } = await plane.s3.send(new GetObjectCommand({ Bucket: plane.outputs.ModelBucketName, Key: key }));
    return await Body?.transformToString();
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'NoSuchKey') return undefined;
    throw cause;
  }
};

/** The answer to one attempt, as anybody can read it from the bucket. */
export const answerOf = (
  plane: Plane,
  subject: { model: string; version: string },
  attempt: string,
  within = 60_000,
): Promise<Answer> =>
  eventually(
    `an answer to ${subject.model} ${subject.version}`,
    async () => {
      const text = await objectText(plane, `answers/${subject.model}/${subject.version}/${attempt}.json`);
      return text === undefined ? undefined : Answer.parse(JSON.parse(text));
    },
    { within, every: 100 },
  );

/** All answers to attempts at a version, in no order. */
export const answersAt = async (plane: Plane, subject: { model: string; version: string }): Promise<Answer[]> => {
  const { Contents = [] } = await plane.s3.send(
    new ListObjectsV2Command({
      Bucket: plane.outputs.ModelBucketName,
      Prefix: `answers/${subject.model}/${subject.version}/`,
    }),
  );
  const texts = await Promise.all(Contents.map(({ Key = '' }) => objectText(plane, Key)));
  return texts.flatMap((text) => (text === undefined ? [] : [Answer.parse(JSON.parse(text))]));
};

/** Uploads and waits: the S3 version of the manifest names the attempt. */
export const submit = async (plane: Plane, subject: { model: string; version: string }, files: Files) => {
  const versions = await upload(plane, subject, files);
  return { versions, answer: await answerOf(plane, subject, versions['manifest.json'] ?? '') };
};

/** Files as a directory that is gone when the test is over. */
export const folderOf = async (files: Files): Promise<{ folder: string } & Disposable> => {
  const folder = mkdtempSync(join(tmpdir(), 'clearance-'));
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
};
