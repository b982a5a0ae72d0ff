import { registry } from '../../core/registry/contract.ts';
import { reserveVersion } from '../../core/registry/reserve-version.ts';
import { readEnv } from '../platform/read-env.ts';
import { s3Evidence } from '../platform/s3-evidence.adapter.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { task } from '../platform/task.ts';
import { dynamodbRegistry } from './dynamodb-registry.adapter.ts';

const contract = registry.tasks.reserveVersion;
const env = readEnv(contract);

export const handler = task(
  contract,
  reserveVersion({
    versions: dynamodbRegistry(env.REGISTRY_TABLE, clock),
    evidence: s3Evidence(env.EVIDENCE_BUCKET),
  }),
);
