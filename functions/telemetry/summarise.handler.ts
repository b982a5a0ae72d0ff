import { z } from 'zod';
import { telemetry } from '../../core/telemetry/contract.ts';
import type { SummarisePorts } from '../../core/telemetry/summarise-capture.ts';
import { lazy } from '../platform/lazy.ts';
import { measureIn } from '../platform/measure.ts';
import { onQueue } from '../platform/on-batch.ts';
import { readEnv } from '../platform/read-env.ts';
import { registeredManifests } from '../platform/registered-manifests.adapter.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { captureOptions } from './capture-options.ts';
import { dynamodbMinuteIndex } from './dynamodb-minute-index.adapter.ts';
import { dynamodbRejections } from './dynamodb-rejections.adapter.ts';
import { hashKey } from './hash-key.adapter.ts';
import { s3Captures } from './s3-captures.adapter.ts';
import { s3Summaries } from './s3-summaries.adapter.ts';
import { measureSummarised, tellSummarised } from './tell-summarised.ts';

const ObjectCreated = z.object({
  /** When the file was stored. */
  time: z.iso.datetime(),
  detail: z.object({ object: z.object({ key: z.string(), 'version-id': z.string().default('null') }) }),
});

const env = readEnv(telemetry.reactors.summarise);
const measure = measureIn({ stage: env.STAGE, clock });
const ports: SummarisePorts = {
  captures: s3Captures(env.CAPTURE_BUCKET),
  summaries: s3Summaries(env.TELEMETRY_BUCKET),
  index: dynamodbMinuteIndex(env.TELEMETRY_TABLE, env.RETENTION),
  rejections: dynamodbRejections(env.TELEMETRY_TABLE, clock),
  clock,
  options: captureOptions({
    manifests: registeredManifests(env.REGISTRY_TABLE, env.EVIDENCE_BUCKET),
    hashKey: hashKey({ bucket: env.TELEMETRY_BUCKET, key: telemetry.keys.hashKey, keyArn: env.HASH_KEY_ARN }),
    limits: env.CAPTURE_LIMITS,
  }),
};
const summarise = lazy(async () => (await import('../../core/telemetry/summarise-capture.ts')).summariseCapture(ports));

export const handler = onQueue(async (body) => {
  const { time, detail } = ObjectCreated.parse(body);
  const source = { key: detail.object.key, versionId: detail.object['version-id'] };
  const summarised = await (await summarise())(source);
  tellSummarised(source, summarised);
  measureSummarised(measure, summarised, clock.now().getTime() - Date.parse(time));
});
