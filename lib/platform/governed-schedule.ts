import { Aws, type Duration, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { GovernedFunction } from './governed-function.ts';
import { DeadLetterQueue } from './governed-queue.ts';
import { allow } from './permissions.ts';
import type { RunbookLink } from './runbook.ts';
import { Workflow } from './workflow.ts';

type Common = {
  /** Whole minutes: EventBridge Scheduler knows nothing finer. */
  every: Duration;
  description: string;
  /** Where to read what a call that could not be delivered means; `the-next-call` where that one makes up for it. */
  runbook: RunbookLink | 'the-next-call';
};

/** A function is called with the shape of an event, a workflow is started with `input`. */
export type GovernedScheduleProps = Common &
  ({ target: GovernedFunction } | { target: Workflow; input: Readonly<Record<string, unknown>> });

/** What a function gets from a schedule: the shape of an event, so that it can be told from one. */
const SCHEDULED = { source: 'aws.scheduler', 'detail-type': 'Scheduled Event', detail: {} };

/** The moment for which a call was scheduled, which is not when it comes: what is due depends on it. */
export const SCHEDULED_TIME = '<aws.scheduler.scheduled-time>';

/** A rate counts from the creation of the schedule; a workflow is started on the minute, the hour divided evenly. */
const expressionOf = ({ every, target }: GovernedScheduleProps): string => {
  const minutes = every.toMinutes();
  if (!(target instanceof Workflow)) return `rate(${minutes} ${minutes === 1 ? 'minute' : 'minutes'})`;
  if (60 % minutes !== 0) throw new Error(`every: found ${minutes} minutes; allowed: what divides an hour evenly`);
  return `cron(${minutes === 60 ? 0 : `0/${minutes}`} * * * ? *)`;
};

/** Calls one function, or starts one workflow, again and again, under a role that may do only that. */
export class GovernedSchedule extends Construct {
  constructor(scope: Construct, id: string, props: GovernedScheduleProps) {
    super(scope, id);
    const { target, description, runbook } = props;
    const isWorkflow = target instanceof Workflow;
    const undelivered =
      runbook === 'the-next-call'
        ? undefined
        : new DeadLetterQueue(this, 'Undelivered', {
            symptom: `EventBridge Scheduler could not call: ${description}.`,
            runbook,
          });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      description: isWorkflow ? `Starts ${target.name}` : `Calls ${target.entry}`,
    });
    allow(role, { actions: [isWorkflow ? 'states:StartExecution' : 'lambda:InvokeFunction'], resources: [target.arn] });
    if (undelivered !== undefined) allow(role, { actions: ['sqs:SendMessage'], resources: [undelivered.queueArn] });
    const schedule = new CfnSchedule(this, 'Schedule', {
      description,
      scheduleExpression: expressionOf(props),
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: target.arn,
        roleArn: role.roleArn,
        input: Stack.of(this).toJsonString('input' in props ? props.input : SCHEDULED),
        ...(undelivered !== undefined && { deadLetterConfig: { arn: undelivered.queueArn } }),
        // The next call does what this one could not.
        retryPolicy: { maximumRetryAttempts: 0 },
      },
    });
    // Scheduler checks at creation that the role may be assumed and used.
    schedule.node.addDependency(role);
  }
}
