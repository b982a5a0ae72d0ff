import { intake } from '../../core/intake/contract.ts';
import { takeInventory } from '../../core/intake/take-inventory.ts';
import { dynamodbAttempts } from '../platform/dynamodb-attempts.adapter.ts';
import { readEnv } from '../platform/read-env.ts';
import { registeredVersions } from '../platform/registered-versions.adapter.ts';
import { s3Evidence } from '../platform/s3-evidence.adapter.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { task } from '../platform/task.ts';
import { s3Answers } from './s3-answers.adapter.ts';
import { s3Uploads } from './s3-uploads.adapter.ts';

const contract = intake.tasks.takeInventory;
const env = readEnv(contract);

export const handler = task(
  contract,
  takeInventory({
    uploads: s3Uploads,
    read: async (bytes, place) => (await import('../../core/intake/read-manifest.ts')).readManifest(bytes, place),
    attempts: dynamodbAttempts(env.INTAKE_TABLE, clock),
    versions: registeredVersions(env.REGISTRY_TABLE),
    evidence: s3Evidence(env.EVIDENCE_BUCKET),
    answers: s3Answers,
    clock,
    limits: env.INTAKE_LIMITS,
  }),
);
