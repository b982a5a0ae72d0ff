import { signing } from '../../core/signing/contract.ts';
import { signAttempt } from '../../core/signing/sign-attempt.ts';
import { kmsSigner } from '../platform/kms-signer.adapter.ts';
import { readEnv } from '../platform/read-env.ts';
import { s3Evidence } from '../platform/s3-evidence.adapter.ts';
import { task } from '../platform/task.ts';

const contract = signing.tasks.signVersion;
const env = readEnv(contract);

export const handler = task(
  contract,
  signAttempt({ signer: kmsSigner(env.SIGNING_KEY_ARN), evidence: s3Evidence(env.EVIDENCE_BUCKET) }),
);
