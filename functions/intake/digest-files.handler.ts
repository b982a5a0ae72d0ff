import { intake } from '../../core/intake/contract.ts';
import { digestFiles } from '../../core/intake/digest-files.ts';
import { dynamodbAttempts } from '../platform/dynamodb-attempts.adapter.ts';
import { readEnv } from '../platform/read-env.ts';
import { s3Evidence } from '../platform/s3-evidence.adapter.ts';
import { s3Marks } from '../platform/s3-marks.adapter.ts';
import { s3PinnedBytes } from '../platform/s3-pinned.adapter.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { task } from '../platform/task.ts';

const contract = intake.tasks.digestFiles;
const env = readEnv(contract);

export const handler = task(
  contract,
  digestFiles({
    bytes: s3PinnedBytes,
    marks: s3Marks,
    attempts: dynamodbAttempts(env.INTAKE_TABLE, clock),
    evidence: s3Evidence(env.EVIDENCE_BUCKET),
    limits: env.INTAKE_LIMITS,
  }),
);
