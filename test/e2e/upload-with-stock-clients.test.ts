import { join } from 'node:path';
import { HeadObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { beforeAll, expect, test } from 'vitest';
import { type StockTool, stockTool } from '../../local/stock-tools.ts';
import { answerOf, folderOf, type Plane, shippedModel } from '../support/flight.ts';
import { eventually, sharedLocalAws } from '../support/local.ts';
import { askAs, shellOf } from '../support/people.ts';

// Who submits needs no client of ours: the AWS command line and the right to submit. cli.test.ts has the boto3 example.

let plane: Plane;
let aws: StockTool;
let shell: Record<string, string>;

beforeAll(async () => {
  plane = await sharedLocalAws('iam');
  aws = await stockTool('awscli', { tell: () => {} });
  shell = await shellOf(plane, 'Submitter');
});

const addressOf = ({ model, version }: { model: string; version: string }) =>
  `s3://${plane.outputs.ModelBucketName}/models/${model}/${version}/`;

/** The S3 version of the manifest names the attempt. */
const attemptAt = async ({ model, version }: { model: string; version: string }): Promise<string> => {
  const { Versions } = await plane.s3.send(
    new ListObjectVersionsCommand({
      Bucket: plane.outputs.ModelBucketName,
      Prefix: `models/${model}/${version}/manifest.json`,
    }),
  );
  return Versions?.[0]?.VersionId ?? '';
};

test.each([
  ['iris-forest', '1.0.0'],
  ['digits-mlp', '1.0.0'],
  ['wine-logreg', '1.0.0'],
  ['breast-cancer-net', '1.0.0'],
])('the folder of %s, copied in by the AWS command line in its own order, is registered', async (name, version) => {
  const shipped = shippedModel(name, version);
  using files = await folderOf(shipped.files);

  const { ok, output } = await aws(['s3', 'cp', '--recursive', files.folder, addressOf(shipped)], shell);
  const answer = await answerOf(plane, shipped, await attemptAt(shipped));

  expect(output).toContain('upload:');
  expect(ok).toBe(true);
  expect(answer).toMatchObject({ outcome: 'registered', reasons: [] });
});

test('a folder whose manifest is copied in before all else is registered', async () => {
  const shipped = shippedModel('iris-forest', '1.0.0');
  using files = await folderOf(shipped.files);

  await aws(['s3', 'cp', join(files.folder, 'manifest.json'), addressOf(shipped)], shell);
  await eventually('the upload to be found incomplete', async () => {
    const { body } = await askAs(plane, 'Submitter', 'status', shipped);
    return JSON.parse(body).state === 'incomplete' ? true : undefined;
  });
  await aws(['s3', 'cp', '--recursive', files.folder, addressOf(shipped), '--exclude', 'manifest.json'], shell);
  const answer = await answerOf(plane, shipped, await attemptAt(shipped));

  expect(answer.outcome).toBe('registered');
});

test.each([
  ['8MB', 'COMPOSITE'],
  ['5GB', 'FULL_OBJECT'],
])('with a threshold of %s the AWS command line leaves S3 a %s digest of a larger file', async (threshold, type) => {
  const at = {
    Bucket: plane.outputs.ModelBucketName,
    Key: `models/stock-threshold-${threshold.toLowerCase()}/1/notes.txt`,
  };
  const config = `[default]\ns3 =\n  multipart_threshold = ${threshold}\n`;
  using files = await folderOf({ 'notes.txt': Buffer.alloc(9 * 1024 ** 2, 'notes '), config: Buffer.from(config) });
  const [from, to] = [join(files.folder, 'notes.txt'), `s3://${at.Bucket}/${at.Key}`];

  const { ok } = await aws(['s3', 'cp', from, to, '--checksum-algorithm', 'SHA256'], {
    ...shell,
    AWS_CONFIG_FILE: join(files.folder, 'config'),
  });
  const { ChecksumType } = await plane.s3.send(new HeadObjectCommand({ ...at, ChecksumMode: 'ENABLED' }));

  expect([ok, ChecksumType]).toEqual([true, type]);
});
