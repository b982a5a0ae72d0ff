import { monitor } from '../../core/monitor/contract.ts';
import { listStreams } from '../../core/monitor/list-streams.ts';
import { heardStreams } from '../platform/heard-streams.adapter.ts';
import { measureIn } from '../platform/measure.ts';
import { readEnv } from '../platform/read-env.ts';
import { ssmDeployments } from '../platform/ssm-deployments.adapter.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { task } from '../platform/task.ts';
import { dynamodbChecks } from './dynamodb-checks.adapter.ts';

const contract = monitor.tasks.listStreams;
const env = readEnv(contract);

export const handler = task(
  contract,
  listStreams({
    deployed: ssmDeployments(env.DEPLOYMENTS),
    seen: { streams: heardStreams(env.TELEMETRY_TABLE) },
    checks: dynamodbChecks(env.MONITOR_TABLE, clock),
    rules: env.MONITOR_RULES,
    measure: measureIn({ stage: env.STAGE, clock }),
  }),
);
