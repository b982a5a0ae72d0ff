import { z } from 'zod';
import { intake } from '../../core/intake/contract.ts';
import { recheckUpload } from '../../core/intake/recheck-upload.ts';
import { Throttled } from '../../core/kernel/failures.ts';
import { dynamodbAttempts } from '../platform/dynamodb-attempts.adapter.ts';
import { logger } from '../platform/log.ts';
import { onQueue } from '../platform/on-batch.ts';
import { readEnv } from '../platform/read-env.ts';
import { registeredVersions } from '../platform/registered-versions.adapter.ts';
import { s3Marks } from '../platform/s3-marks.adapter.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { sfnWorkflows } from './sfn-workflows.adapter.ts';

const ObjectCreated = z.object({
  detail: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({ key: z.string(), 'version-id': z.string().default('null') }),
  }),
});

const env = readEnv(intake.reactors.recheckUpload);
const recheck = recheckUpload({
  attempts: dynamodbAttempts(env.INTAKE_TABLE, clock),
  versions: registeredVersions(env.REGISTRY_TABLE),
  marks: s3Marks,
  workflows: sfnWorkflows(env.WORKFLOW_ARN),
});

export const handler = onQueue(async (body) => {
  const { bucket, object } = ObjectCreated.parse(body).detail;
  const outcome = await recheck({ bucket: bucket.name, key: object.key, versionId: object['version-id'] });
  logger.info('rechecked', { key: object.key, outcome });
  if (outcome === 'later') throw new Throttled(`an attempt at ${object.key} is under way; this comes again`);
});
