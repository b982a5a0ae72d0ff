import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Construct } from 'constructs';
import { groundOf } from './ground.ts';
import { type RunbookLink, runbookPath } from './runbook.ts';

/** `page` wakes someone: customer or safety impact. Everything else is a `ticket`. */
export type Severity = 'page' | 'ticket';

export type PagingAlarmProps = {
  /** What a person notices, as a sentence. */
  symptom: string;
  runbook: RunbookLink;
  severity: Severity;
  metric: IMetric;
  /** Raised at this value and above. */
  threshold: number;
  /** Periods that must breach, one after the other. */
  periods?: number;
};

/** No alarm without a page to read: the runbook heading is looked up at synth. */
export class PagingAlarm extends Alarm {
  constructor(scope: Construct, id: string, props: PagingAlarmProps) {
    const { symptom, runbook, severity, metric, threshold, periods = 1 } = props;
    super(scope, id, {
      alarmDescription: `${symptom} Runbook: ${runbookPath(runbook)}`,
      metric,
      threshold,
      evaluationPeriods: periods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // Counters of failures are silent while nothing fails.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    const { pages, tickets } = groundOf(this);
    const action = new SnsAction(severity === 'page' ? pages : tickets);
    this.addAlarmAction(action);
    this.addOkAction(action);
  }
}
