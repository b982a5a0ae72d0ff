import { telemetry } from '../../core/telemetry/contract.ts';
import { lazy } from '../platform/lazy.ts';
import { logFailure, logger } from '../platform/log.ts';
import { onEvent } from '../platform/on-event.ts';
import { readEnv } from '../platform/read-env.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { summaryParts } from '../platform/telemetry-summaries.adapter.ts';
import { dynamodbMarks } from './dynamodb-marks.adapter.ts';
import { s3Windows } from './s3-windows.adapter.ts';
import { summariesOfHour } from './summaries-of-hour.adapter.ts';

const { TELEMETRY_BUCKET: bucket, TELEMETRY_TABLE: table, RETENTION: retention } = readEnv(telemetry.reactors.rollUp);
const rollUp = lazy(async () =>
  (await import('../../core/telemetry/roll-up.ts')).rollUpDue({
    marks: dynamodbMarks(table, retention),
    windows: s3Windows(bucket),
    summaries: { parts: (key) => summaryParts(bucket, key) },
    summariesOf: summariesOfHour(table),
    clock,
    retention,
  }),
);

/** What failed stays due and comes again by the schedule; the error is for whoever watches. */
export const handler = onEvent(async () => {
  const { counts, failures, left } = await (await rollUp())();
  logger.info('rolled up', { ...counts, failed: failures.length, left });
  failures.forEach(logFailure);
  if (failures.length > 0) throw new Error(`${failures.length} windows could not be merged`);
});
