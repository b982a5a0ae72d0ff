import { monitor } from '../../core/monitor/contract.ts';
import { standingHolds } from '../platform/dynamodb-holds.adapter.ts';
import { lazy } from '../platform/lazy.ts';
import { readEnv } from '../platform/read-env.ts';
import { s3Evidence } from '../platform/s3-evidence.adapter.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { task } from '../platform/task.ts';
import { versionRecords } from '../platform/version-records.adapter.ts';
import { dynamodbChecks } from './dynamodb-checks.adapter.ts';
import { ssmObjectives } from './ssm-objectives.adapter.ts';

const contract = monitor.tasks.checkStream;
const env = readEnv(contract);
const versions = versionRecords(env.REGISTRY_TABLE);

const check = lazy(async () => {
  const [{ checkStream }, { judges }, { telemetryTraffic }] = await Promise.all([
    import('../../core/monitor/check-stream.ts'),
    import('./judges.ts'),
    import('./telemetry-traffic.ts'),
  ]);
  return checkStream({
    checks: dynamodbChecks(env.MONITOR_TABLE, clock),
    holds: standingHolds(env.HOLD_TABLE),
    tiers: { find: async (subject) => (await versions.find(subject))?.tier },
    objectives: ssmObjectives(env.OBJECTIVES),
    traffic: telemetryTraffic(env),
    evidence: s3Evidence(env.EVIDENCE_BUCKET),
    judges,
    rules: env.MONITOR_RULES,
  });
});

export const handler = task(contract, async (due) => (await check())(due));
