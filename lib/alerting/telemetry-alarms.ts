import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { metrics } from '../../core/kernel/metrics.ts';
import { PagingAlarm } from '../platform/paging-alarm.ts';
import { planeMetric } from '../platform/plane-metric.ts';

/** A file is counted seconds after it came; producers that buffer do so before that. */
const LATE = Duration.minutes(15);

/** What is measured of capture files, beside what fails while they are counted. */
export class TelemetryAlarms extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new PagingAlarm(this, 'CapturesAreSetAside', {
      symptom: 'Capture files cannot be read and are set aside: their events never count.',
      runbook: 'telemetry#capture-files-are-set-aside',
      severity: 'ticket',
      metric: planeMetric(this, metrics.capturesQuarantined, { statistic: 'Sum', period: Duration.hours(1) }),
      threshold: 5,
      ownPeriod: true,
    });
    new PagingAlarm(this, 'EventsAreRefused', {
      symptom: 'Inference events are refused in large numbers: windows lack them.',
      runbook: 'telemetry#events-are-refused',
      severity: 'ticket',
      metric: planeMetric(this, metrics.eventsRefused, { statistic: 'Sum', period: Duration.hours(1) }),
      threshold: 1000,
      ownPeriod: true,
    });
    new PagingAlarm(this, 'EventsAreLate', {
      symptom: 'Capture files are counted many minutes after they came: rollouts wait for data that is there.',
      runbook: 'telemetry#events-are-counted-late',
      severity: 'ticket',
      metric: planeMetric(this, metrics.captureLag, { statistic: 'Maximum' }),
      threshold: LATE.toMilliseconds(),
    });
  }
}
