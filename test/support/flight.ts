import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { marshall } from '@aws-sdk/util-dynamodb';
import { Answer } from '../../core/intake/contract.ts';
import { intakeKeys } from '../../core/intake/table.ts';
import { hostilePickle } from '../../local/demo/hostile-pickle.ts';
import { type Files, redeclared, shippedModel } from '../../local/demo/model-files.ts';
import { type Clients, eventually, type Running } from './local.ts';

export { type Files, redeclared, shippedModel, withManifest } from '../../local/demo/model-files.ts';

export type Plane = Running & Clients;

/** A shipped model whose weights were replaced by a pickle that runs a command, declared as they are. */
export const hostileModel = () => {
  const shipped = shippedModel('iris-forest', '1.0.0');
  return { ...shipped, files: redeclared({ ...shipped.files, 'model.joblib': hostilePickle('id') }, shipped.manifest) };
};

type How = {
  /** Has S3 keep the SHA-256 of each file. */
  stored?: boolean;
};

/** Uploads in the given order, the manifest last unless it is named; resolves to the S3 version of each file. */
export const upload = async (
  plane: Plane,
  subject: { model: string; version: string },
  files: Files,
  order: readonly string[] = [...Object.keys(files).filter((path) => path !== 'manifest.json'), 'manifest.json'],
  { stored = false }: How = {},
): Promise<Record<string, string>> => {
  const versions: Record<string, string> = {};
  for (const path of order) {
    const { VersionId } = await plane.s3.send(
      new PutObjectCommand({
        Bucket: plane.outputs.ModelBucketName,
        Key: `models/${subject.model}/${subject.version}/${path}`,
        Body: files[path] ?? new Uint8Array(),
        ...(stored && { ChecksumAlgorithm: 'SHA256' }),
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
    // To whoever may not list the bucket, what is not there is forbidden.
    if (cause instanceof Error && ['NoSuchKey', 'AccessDenied'].includes(cause.name)) return undefined;
    throw cause;
  }
};

/** The answer to one attempt, as anybody can read it from the bucket. */
export const answerOf = (plane: Plane, subject: { model: string; version: string }, attempt: string): Promise<Answer> =>
  eventually(`an answer to ${subject.model} ${subject.version}`, async () => {
    const text = await objectText(plane, `answers/${subject.model}/${subject.version}/${attempt}.json`);
    return text === undefined ? undefined : Answer.parse(JSON.parse(text));
  });

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
export const submit = async (plane: Plane, subject: { model: string; version: string }, files: Files, how?: How) => {
  const versions = await upload(plane, subject, files, undefined, how);
  return { versions, answer: await answerOf(plane, subject, versions['manifest.json'] ?? '') };
};

/** A document that an answer names as its evidence. */
export const evidenceOf = async (plane: Plane, { evidence }: Answer, name: string): Promise<unknown> => {
  const get = new GetObjectCommand({ Bucket: plane.outputs.EvidenceBucketName, Key: evidence[name]?.key });
  const { Body } = await plane.s3.send(get);
  return JSON.parse((await Body?.transformToString()) ?? 'null');
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

/** Waits until an attempt is put to rest because declared bytes are missing. */
export const untilItRests = (plane: Plane, { model, version }: { model: string; version: string }, id: string) =>
  eventually(`the attempt at ${model} ${version} to wait for files`, async () => {
    const { Item } = await plane.ddb.send(
      new GetItemCommand({
        TableName: plane.outputs.IntakeTableName,
        Key: marshall(intakeKeys.attempt({ model, version, id })),
        ConsistentRead: true,
      }),
    );
    return Item?.status?.S === 'incomplete' ? true : undefined;
  });
