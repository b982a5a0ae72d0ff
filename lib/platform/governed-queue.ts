import { Duration } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { PagingAlarm, type Severity } from './paging-alarm.ts';
import { accept, allow } from './permissions.ts';
import type { RunbookLink } from './runbook.ts';

/**
 * A queue that only TLS reaches. SQS holds the key: EventBridge cannot write to a queue under a customer key unless
 * that key's policy names it, and what passes through here are object names and event ids.
 */
export class GovernedQueue extends Queue {
  constructor(scope: Construct, id: string, props: Pick<QueueProps, 'deadLetterQueue' | 'visibilityTimeout'> = {}) {
    super(scope, id, {
      ...props,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
  }
}

export type DeadLetterQueueProps = { symptom: string; runbook: RunbookLink; severity?: Severity };

/** Where what could not be delivered waits for a person, and the alarm that calls one. */
export class DeadLetterQueue extends GovernedQueue {
  constructor(scope: Construct, id: string, { symptom, runbook, severity = 'ticket' }: DeadLetterQueueProps) {
    super(scope, id);
    accept(this, 'SQS3', 'This is the dead-letter queue; an alarm says when something is in it.');
    new PagingAlarm(this, 'NotEmpty', {
      symptom,
      runbook,
      severity,
      metric: this.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: Duration.minutes(5) }),
      threshold: 1,
    });
  }

  /** Looks at what waits here, sends it back, or throws it away. */
  grantRedrive(who: IGrantable): void {
    allow(who, {
      actions: [
        'sqs:CancelMessageMoveTask',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:ListMessageMoveTasks',
        'sqs:ReceiveMessage',
        'sqs:StartMessageMoveTask',
      ],
      resources: [this.queueArn],
    });
  }
}
