import { intake } from '../../core/intake/contract.ts';
import { quarantineVersion } from '../../core/intake/quarantine-version.ts';
import { dynamodbAttempts } from '../platform/dynamodb-attempts.adapter.ts';
import { readEnv } from '../platform/read-env.ts';
import { registeredVersions } from '../platform/registered-versions.adapter.ts';
import { s3Evidence } from '../platform/s3-evidence.adapter.ts';
import { s3Marks } from '../platform/s3-marks.adapter.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { task } from '../platform/task.ts';
import { s3Answers } from './s3-answers.adapter.ts';
import { s3Uploads } from './s3-uploads.adapter.ts';

const contract = intake.tasks.quarantineVersion;
const env = readEnv(contract);

export const handler = task(
  contract,
  quarantineVersion({
    evidence: s3Evidence(env.EVIDENCE_BUCKET),
    uploads: s3Uploads,
    marks: s3Marks,
    answers: s3Answers,
    attempts: dynamodbAttempts(env.INTAKE_TABLE, clock),
    versions: registeredVersions(env.REGISTRY_TABLE),
    clock,
  }),
);
