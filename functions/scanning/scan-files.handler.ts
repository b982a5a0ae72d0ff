import { scanning } from '../../core/scanning/contract.ts';
import { scanAttempt } from '../../core/scanning/scan-attempt.ts';
import { VERSION } from '../platform/built.ts';
import { readEnv } from '../platform/read-env.ts';
import { s3Evidence } from '../platform/s3-evidence.adapter.ts';
import { readRange } from '../platform/s3-pinned.adapter.ts';
import { systemClock } from '../platform/system-clock.ts';
import { task } from '../platform/task.ts';

const contract = scanning.tasks.scanFiles;
const env = readEnv(contract);

export const handler = task(
  contract,
  scanAttempt({
    open: (bucket, file) => ({
      size: file.size,
      read: (offset, length) => readRange(bucket, file, offset, length),
    }),
    scan: async (path, source) => (await import('../../core/scanning/scan-file.ts')).scanFile(path, source),
    evidence: s3Evidence(env.EVIDENCE_BUCKET),
    clock: systemClock,
    version: VERSION,
  }),
);
