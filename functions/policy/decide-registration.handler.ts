import { policy } from '../../core/policy/contract.ts';
import { decideAttempt } from '../../core/policy/decide-attempt.ts';
import { bundledPolicySet } from '../platform/bundled-policies.ts';
import { readEnv } from '../platform/read-env.ts';
import { s3Evidence } from '../platform/s3-evidence.adapter.ts';
import { task } from '../platform/task.ts';

const contract = policy.tasks.decideRegistration;
const env = readEnv(contract);

export const handler = task(
  contract,
  decideAttempt({ evidence: s3Evidence(env.EVIDENCE_BUCKET), policySet: bundledPolicySet() }),
);
