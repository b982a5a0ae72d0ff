import { parquetRowsLazily } from '../../core/data-set/lazy-parquet.ts';
import { telemetry } from '../../core/telemetry/contract.ts';
import type { BaselinePorts } from '../../core/telemetry/summarise-baseline.ts';
import { lazy } from '../platform/lazy.ts';
import { readEnv } from '../platform/read-env.ts';
import { bytesElsewhere } from '../platform/s3-elsewhere.adapter.ts';
import { s3Evidence } from '../platform/s3-evidence.adapter.ts';
import { s3PinnedBytes } from '../platform/s3-pinned.adapter.ts';
import { putOnce } from '../platform/s3-write-once.adapter.ts';
import { task } from '../platform/task.ts';
import { hashKey } from './hash-key.adapter.ts';

const contract = telemetry.tasks.summariseBaseline;
const env = readEnv(contract);
const bucket = env.TELEMETRY_BUCKET;

const ports: BaselinePorts = {
  evidence: s3Evidence(env.EVIDENCE_BUCKET),
  uploaded: s3PinnedBytes.stream,
  elsewhere: bytesElsewhere,
  baselines: { putOnce: (key, body) => putOnce({ bucket, key, body }) },
  hashKey: hashKey({ bucket, key: telemetry.keys.hashKey, keyArn: env.HASH_KEY_ARN }),
  parquetRows: parquetRowsLazily,
  buckets: env.BASELINE_BUCKETS,
};
const summarise = lazy(async () =>
  (await import('../../core/telemetry/summarise-baseline.ts')).summariseBaseline(ports),
);

export const handler = task(contract, async (input) => (await summarise())(input));
