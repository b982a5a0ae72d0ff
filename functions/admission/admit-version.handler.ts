import { admitVersion } from '../../core/admission/admit-version.ts';
import { admission } from '../../core/admission/contract.ts';
import { askAboutDeployment } from '../../core/policy/decide-deployment.ts';
import { bundledPolicySet } from '../platform/bundled-policies.ts';
import { standingHolds } from '../platform/dynamodb-holds.adapter.ts';
import { dynamodbOutbox } from '../platform/dynamodb-outbox.adapter.ts';
import { kmsSigner } from '../platform/kms-signer.adapter.ts';
import { publishedKeys } from '../platform/published-keys.ts';
import { readEnv } from '../platform/read-env.ts';
import { s3Evidence } from '../platform/s3-evidence.adapter.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { task } from '../platform/task.ts';
import { versionRecords } from '../platform/version-records.adapter.ts';
import { s3Readers as readers } from './s3-readers.adapter.ts';

const contract = admission.tasks.admitVersion;
const env = readEnv(contract);

export const handler = task(
  contract,
  admitVersion({
    versions: versionRecords(env.REGISTRY_TABLE),
    holds: standingHolds(env.HOLD_TABLE),
    readers,
    evidence: s3Evidence(env.EVIDENCE_BUCKET),
    policy: askAboutDeployment(bundledPolicySet()),
    signer: kmsSigner(env.SIGNING_KEY_ARN),
    trust: publishedKeys({ bucket: env.MODEL_BUCKET, rootKeyArn: env.KEY_SET_KEY_ARN }, clock),
    outbox: dynamodbOutbox(env.ROLLOUT_TABLE, clock),
    clock,
    rules: env.ADMISSION_RULES,
    stage: env.STAGE,
    modelBucket: env.MODEL_BUCKET,
  }),
);
