import { PutObjectCommand } from '@aws-sdk/client-s3';
import { type HistoryEvent, paginateGetExecutionHistory } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, DigestReport, Inventory, MANIFEST } from '../../core/intake/contract.ts';
import { concurrently } from '../../core/kernel/concurrently.ts';
import { servicesApp } from '../../local/demo/services/services-app.ts';
import { type LocalAws, startLocalAws } from '../../local/local-aws.ts';
import { answerOf, evidenceOf, type Files, type Plane, redeclared, shippedModel } from '../support/flight.ts';
import { clientsOf } from '../support/local.ts';

let aws: LocalAws;
let plane: Plane;
// A plane of its own: what is registered here would be looked at again, in each minute, on one that others share.
beforeAll(async () => {
  aws = await startLocalAws({ stage: 'dev', app: servicesApp, onProgress: console.error });
  plane = { ...aws, ...clientsOf(aws) };
});
afterAll(() => aws.stop());

type Subject = { model: string; version: string };
const MiB = 1024 ** 2;

/** A shipped model with more files, all of them declared. */
const withFiles = (more: Files) => {
  const shipped = shippedModel('iris-forest', '1.0.0');
  const files = { ...shipped.files, ...more };
  const declared = [...shipped.manifest.files, ...Object.keys(more).map((path) => ({ path }))];
  return { ...shipped, files: redeclared(files, { ...shipped.manifest, files: declared }) };
};

const put = async (subject: Subject, path: string, Body: Uint8Array, stored: boolean): Promise<string> => {
  const { VersionId } = await plane.s3.send(
    new PutObjectCommand({
      Bucket: plane.outputs.ModelBucketName,
      Key: `models/${subject.model}/${subject.version}/${path}`,
      Body,
      ...(stored && { ChecksumAlgorithm: 'SHA256' }),
    }),
  );
  return VersionId ?? '';
};

/** Uploads everything, the manifest last; `stored` says for which files S3 gets a SHA-256 to keep. */
const submitAll = async (subject: Subject, files: Files, stored: (path: string) => boolean): Promise<Answer> => {
  const { [MANIFEST]: manifest = new Uint8Array(), ...others } = files;
  await concurrently(Object.entries(others), 16, ([path, bytes]) => put(subject, path, bytes, stored(path)));
  return answerOf(plane, subject, await put(subject, MANIFEST, manifest, true));
};

const historyOf = async (executionArn: string): Promise<HistoryEvent[]> => {
  const found: HistoryEvent[] = [];
  for await (const { events = [] } of paginateGetExecutionHistory({ client: plane.sfn }, { executionArn }))
    found.push(...events);
  return found;
};

test('five thousand files in one version are registered, and the workflow carries references only', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 5000 }, (_, i) => [`vocab/${i % 50}/part-${i}.txt`, Buffer.from(`part ${i}\n`)]),
  );
  const large = withFiles(many);
  const began = Date.now();

  const answer = await submitAll(large, large.files, () => true);
  const seconds = (Date.now() - began) / 1000;
  console.log(`5,000 files: ${seconds.toFixed(1)} s`);
  const inventory = Inventory.parse(await evidenceOf(plane, answer, 'inventory'));
  const digests = DigestReport.parse(await evidenceOf(plane, answer, 'digests'));
  const sizes = (await historyOf(answer.execution)).map((event) => JSON.stringify(event).length);

  expect(answer).toMatchObject({ outcome: 'registered', reasons: [] });
  expect(inventory.files).toHaveLength(Object.keys(large.files).length);
  expect(digests.files).toHaveLength(inventory.files.length);
  expect(Math.max(...sizes)).toBeLessThan(32 * 1024);
});

/** A safetensors file of one tensor. */
const tensorOf = (bytes: number): Uint8Array => {
  const header = Buffer.from(JSON.stringify({ w: { dtype: 'U8', shape: [bytes], data_offsets: [0, bytes] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(bytes, 7)]);
};

test('a file of 64 MiB is read once for its digest, and not at all when S3 has stored it', async () => {
  const tensor = tensorOf(64 * MiB);
  const large = withFiles({ 'read.safetensors': tensor, 'stored.safetensors': tensor });

  const answer = await submitAll(large, large.files, (path) => path !== 'read.safetensors');
  const { files } = DigestReport.parse(await evidenceOf(plane, answer, 'digests'));
  const taken = Object.fromEntries(files.map(({ path, source, bytesRead }) => [path, { source, bytesRead }]));

  expect(answer).toMatchObject({ outcome: 'registered', reasons: [] });
  expect(taken['read.safetensors']).toEqual({ source: 'read', bytesRead: tensor.length });
  expect(taken['stored.safetensors']).toEqual({ source: 'stored', bytesRead: 0 });
});
