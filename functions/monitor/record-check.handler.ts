import { monitor } from '../../core/monitor/contract.ts';
import { recordCheck } from '../../core/monitor/record-check.ts';
import { measureIn } from '../platform/measure.ts';
import { readEnv } from '../platform/read-env.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { task } from '../platform/task.ts';
import { dynamodbChecks } from './dynamodb-checks.adapter.ts';

const contract = monitor.tasks.recordCheck;
const env = readEnv(contract);

export const handler = task(
  contract,
  recordCheck({
    checks: dynamodbChecks(env.MONITOR_TABLE, clock),
    measure: measureIn({ stage: env.STAGE, clock }),
  }),
);
