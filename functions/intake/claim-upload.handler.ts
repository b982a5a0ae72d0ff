import { claimUpload } from '../../core/intake/claim-upload.ts';
import { intake } from '../../core/intake/contract.ts';
import { dynamodbAttempts } from '../platform/dynamodb-attempts.adapter.ts';
import { readEnv } from '../platform/read-env.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { task } from '../platform/task.ts';

const contract = intake.tasks.claimUpload;
const env = readEnv(contract);

export const handler = task(
  contract,
  claimUpload({
    attempts: dynamodbAttempts(env.INTAKE_TABLE, clock),
    clock,
    limits: env.INTAKE_LIMITS,
    leaseSeconds: env.LEASE_SECONDS,
  }),
);
