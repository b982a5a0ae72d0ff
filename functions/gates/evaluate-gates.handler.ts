import { gates } from '../../core/gates/contract.ts';
import { evaluateAttempt } from '../../core/gates/evaluate-gates.ts';
import { readEnv } from '../platform/read-env.ts';
import { s3Evidence } from '../platform/s3-evidence.adapter.ts';
import { task } from '../platform/task.ts';

const contract = gates.tasks.evaluateGates;
const env = readEnv(contract);

export const handler = task(
  contract,
  evaluateAttempt({ evidence: s3Evidence(env.EVIDENCE_BUCKET), rules: env.GATE_RULES }),
);
