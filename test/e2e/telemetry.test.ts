import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { beforeAll, expect, test } from 'vitest';
import { telemetry } from '../../core/telemetry/contract.ts';
import { type Plane, shippedModel, submit } from '../support/flight.ts';
import { jsonLines } from '../support/inference.ts';
import { eventually, sharedLocalAws } from '../support/local.ts';

let plane: Plane;
const shipped = shippedModel('wine-logreg', '1.0.0');

beforeAll(async () => {
  plane = await sharedLocalAws('plain');
  await submit(plane, shipped, shipped.files);
});

const put = async (key: string, body: string) => {
  const { VersionId = '' } = await plane.s3.send(
    new PutObjectCommand({ Bucket: plane.outputs.CaptureBucketName, Key: key, Body: body }),
  );
  return { key, versionId: VersionId };
};
const event = (more: object = {}) => ({
  schema_version: 1,
  request_id: 'r',
  model: shipped.model,
  version: shipped.version,
  deployment: 'wine',
  timestamp: new Date().toISOString(),
  latency: 5,
  status: 'ok',
  features: { alcohol: 13 },
  prediction: 1,
  ...more,
});

test('smoke', async () => {
  const source = await put('captures/a.jsonl', jsonLines(event(), event()));
  const text = await eventually(
    'summary',
    async () => {
      try {
        return await (
          await plane.s3.send(
            new GetObjectCommand({ Bucket: plane.outputs.TelemetryBucketName, Key: telemetry.keys.summary(source) }),
          )
        ).Body?.transformToString();
      } catch {
        return undefined;
      }
    },
    { within: 40_000 },
  );
  console.log(text);
  console.log(
    (await plane.s3.send(new ListObjectsV2Command({ Bucket: plane.outputs.TelemetryBucketName }))).Contents?.map(
      ({ Key }) => Key,
    ),
  );
  expect(text).toContain('alcohol');
});
