import { Aws, type Duration, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { GovernedFunction } from './governed-function.ts';
import { DeadLetterQueue } from './governed-queue.ts';
import { allow } from './permissions.ts';
import type { RunbookLink } from './runbook.ts';

export type GovernedScheduleProps = {
  /** Whole minutes: EventBridge Scheduler knows nothing finer. */
  every: Duration;
  target: GovernedFunction;
  description: string;
  runbook: RunbookLink;
};

/** What a function gets from a schedule: the shape of an event, so that it can be told from one. */
const SCHEDULED = { source: 'aws.scheduler', 'detail-type': 'Scheduled Event', detail: {} };

/** Calls one function at a fixed rate, under a role that may do only that. */
export class GovernedSchedule extends Construct {
  constructor(scope: Construct, id: string, { every, target, description, runbook }: GovernedScheduleProps) {
    super(scope, id);
    const undelivered = new DeadLetterQueue(this, 'Undelivered', {
      symptom: `EventBridge Scheduler could not call: ${description}.`,
      runbook,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      description: `Calls ${target.entry}`,
    });
    allow(role, { actions: ['lambda:InvokeFunction'], resources: [target.arn] });
    allow(role, { actions: ['sqs:SendMessage'], resources: [undelivered.queueArn] });
    const minutes = every.toMinutes();
    const schedule = new CfnSchedule(this, 'Schedule', {
      description,
      scheduleExpression: `rate(${minutes} ${minutes === 1 ? 'minute' : 'minutes'})`,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: target.arn,
        roleArn: role.roleArn,
        input: Stack.of(this).toJsonString(SCHEDULED),
        deadLetterConfig: { arn: undelivered.queueArn },
        // The next call does what this one could not.
        retryPolicy: { maximumRetryAttempts: 0 },
      },
    });
    // Scheduler checks at creation that the role may be assumed and used.
    schedule.node.addDependency(role);
  }
}
