import { Alarm, ComparisonOperator, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
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
  /** Looked at over the minutes that the stage says, whatever its own period; over its own with `ownPeriod`. */
  metric: Metric;
  /** Raised at this value and above. */
  threshold: number;
  /** Periods that must breach, one after the other. */
  periods?: number;
  /** For what is counted by the hour, such as rollbacks. */
  ownPeriod?: boolean;
  /**
   * Of what is measured all the time: once it was, silence is a symptom too. A new stage, which has not measured yet, is
   * no news; that is why this is not "missing data breaches".
   */
  silenceTells?: boolean;
  /** Not about what fails in the construct that it belongs to: no group speaks for it. */
  alone?: boolean;
};

export const described = (symptom: string, runbook: RunbookLink): string =>
  `${symptom} Runbook: ${runbookPath(runbook)}`;

/** No alarm without a page to read: the runbook heading is looked up at synth. */
export class PagingAlarm extends Alarm {
  readonly severity: Severity;
  readonly alone: boolean;

  constructor(scope: Construct, id: string, props: PagingAlarmProps) {
    const {
      symptom,
      runbook,
      severity,
      metric,
      threshold,
      periods = 1,
      ownPeriod,
      silenceTells = false,
      alone = false,
    } = props;
    const { alarmPeriod, pages, tickets } = groundOf(scope);
    super(scope, id, {
      alarmDescription: described(symptom, runbook),
      metric: ownPeriod ? metric : metric.with({ period: alarmPeriod }),
      threshold,
      evaluationPeriods: periods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // Counters of failures are silent while nothing fails.
      treatMissingData: silenceTells ? TreatMissingData.MISSING : TreatMissingData.NOT_BREACHING,
    });
    this.severity = severity;
    const action = new SnsAction(severity === 'page' ? pages : tickets);
    this.addAlarmAction(action);
    this.addOkAction(action);
    if (silenceTells) this.addInsufficientDataAction(action);
    // A group looks for alarms that are raised, and silence is another state.
    this.alone = alone || silenceTells;
  }

  /** A group speaks for it from now on. @throws when one does already */
  join(group: Construct): void {
    if (this.alarmActionArns === undefined)
      throw new Error(`${this.node.path} is in a group; ${group.node.path} is one too many`);
    this.alarmActionArns = undefined;
    this.okActionArns = undefined;
  }
}
