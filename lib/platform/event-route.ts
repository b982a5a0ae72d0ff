import { Duration } from 'aws-cdk-lib';
import { type EventPattern, type IEventBus, type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import type { TargetBaseProps } from 'aws-cdk-lib/aws-events-targets';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Construct } from 'constructs';
import type { GovernedFunction } from './governed-function.ts';
import { DeadLetterQueue } from './governed-queue.ts';
import type { Severity } from './paging-alarm.ts';
import type { RunbookLink } from './runbook.ts';

export type EventRouteProps = {
  /** The account's default bus when left out: where AWS services report. */
  bus?: IEventBus;
  /**
   * Source and type are always matched: detail alone can be forged by anyone who may put events. Several sources are
   * services of AWS, all with the same type.
   */
  source: string | readonly string[];
  detailType: string | readonly string[];
  detail?: Exclude<EventPattern['detail'], undefined>;
  description: string;
  /** The target, given how delivery is retried and where it ends. */
  target: (delivery: TargetBaseProps) => IRuleTarget;
  runbook: RunbookLink;
  severity?: Severity;
};

/** As long as whatever keeps an event from its target may be away. */
const PATIENCE = Duration.hours(4);

/** Events of one kind to one target; what cannot be delivered is kept and raises an alarm. */
export class EventRoute extends Construct {
  readonly rule: Rule;
  readonly undelivered: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: EventRouteProps) {
    super(scope, id);
    const { bus, source, detailType, detail, description, target, runbook, severity = 'ticket' } = props;
    this.undelivered = new DeadLetterQueue(this, 'Undelivered', {
      symptom: `EventBridge could not deliver: ${description}.`,
      runbook,
      severity,
    });
    this.rule = new Rule(this, 'Rule', {
      description,
      eventPattern: {
        source: typeof source === 'string' ? [source] : [...source],
        detailType: typeof detailType === 'string' ? [detailType] : [...detailType],
        ...(detail === undefined ? {} : { detail }),
      },
      ...(bus === undefined ? {} : { eventBus: bus }),
    });
    this.rule.addTarget(target({ deadLetterQueue: this.undelivered, maxEventAge: PATIENCE, retryAttempts: 50 }));
  }

  /** For EventBridge an event that Lambda has taken is delivered. What then fails each time is kept as well. */
  keepFailuresOf({ function: target }: GovernedFunction): void {
    target.configureAsyncInvoke({
      onFailure: new SqsDestination(this.undelivered),
      retryAttempts: 2,
      maxEventAge: PATIENCE,
    });
  }
}
