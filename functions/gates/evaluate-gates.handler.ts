import { parquetRowsLazily } from '../../core/data-set/lazy-parquet.ts';
import { gates } from '../../core/gates/contract.ts';
import { evaluateAttempt } from '../../core/gates/evaluate-gates.ts';
import { readEnv } from '../platform/read-env.ts';
import { bytesElsewhere } from '../platform/s3-elsewhere.adapter.ts';
import { s3Evidence } from '../platform/s3-evidence.adapter.ts';
import { s3PinnedBytes } from '../platform/s3-pinned.adapter.ts';
import { task } from '../platform/task.ts';

const contract = gates.tasks.evaluateGates;
const { EVIDENCE_BUCKET, GATE_RULES: rules } = readEnv(contract);

const dataSets = {
  uploaded: s3PinnedBytes.stream,
  elsewhere: bytesElsewhere,
  parquetRows: parquetRowsLazily,
  buckets: rules.trainingData.buckets,
};

export const handler = task(contract, evaluateAttempt({ evidence: s3Evidence(EVIDENCE_BUCKET), rules, dataSets }));
