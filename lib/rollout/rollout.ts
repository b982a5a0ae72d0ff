import { Duration } from 'aws-cdk-lib';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { hold } from '../../core/hold/contract.ts';
import { FACT_SOURCE, REQUEST_SOURCE } from '../../core/kernel/contract.ts';
import { rolloutApi } from '../../core/rollout/api.ts';
import { type RolloutRules, rollout } from '../../core/rollout/contract.ts';
import { EventRoute } from '../platform/event-route.ts';
import type { GovernedFunction } from '../platform/governed-function.ts';
import { GovernedSchedule } from '../platform/governed-schedule.ts';
import { PagingAlarm } from '../platform/paging-alarm.ts';
import { allow } from '../platform/permissions.ts';
import type { PlaneApi } from '../platform/plane-api.ts';
import { Workflow } from '../platform/workflow.ts';
import { RolloutSteps, type RolloutStepsProps } from './rollout-steps.ts';

export type RolloutProps = RolloutStepsProps & {
  admitVersion: GovernedFunction;
  bus: IEventBus;
};

const UNDELIVERED = 'rollout#an-event-could-not-be-delivered';

/** As long as the slowest rollout may take by its rules, waiting for data at each step, and an hour for what it does. */
const longest = ({ steps, patienceSeconds }: RolloutRules): Duration => {
  const seconds = Object.values(steps).map((tier) =>
    tier.reduce((sum, { bakeSeconds }) => sum + bakeSeconds + patienceSeconds, 0),
  );
  return Duration.seconds(3600 + Math.max(...seconds));
};

/** From a request to all traffic, or back: the steps, the workflow that orders them, and what brings dead ones home. */
export class Rollout extends Construct {
  readonly workflow: Workflow;
  readonly reconcileRollouts: GovernedFunction;
  readonly answerRollouts: GovernedFunction;
  readonly #api: PlaneApi;

  constructor(scope: Construct, id: string, props: RolloutProps) {
    super(scope, id);
    this.#api = props.api;
    const steps = new RolloutSteps(this, props);
    this.workflow = new Workflow(this, 'Workflow', {
      name: 'rollout',
      tasks: {
        OpenRolloutArn: steps.openRollout(),
        DecideStepArn: steps.decideStep(),
        AdmitVersionArn: props.admitVersion,
        ShiftTrafficArn: steps.shiftTraffic(),
      },
      timeout: longest(props.rules),
    });
    this.reconcileRollouts = steps.reconcileRollouts(this.workflow);
    this.answerRollouts = steps.answerRollouts(this.reconcileRollouts);
    this.#startOnRequest(props.bus);
    this.#reconcile(props.bus);
    this.#raiseAlarms();
  }

  #startOnRequest(bus: IEventBus): void {
    new EventRoute(this, 'RolloutRequested', {
      bus,
      source: REQUEST_SOURCE,
      detailType: rollout.events.requested.type,
      description: 'A request starts a rollout',
      // EventBridge names executions itself: which of them are one rollout, the request says.
      target: (delivery) => new SfnStateMachine(this.workflow.machine, delivery),
      runbook: UNDELIVERED,
      severity: 'page',
    });
  }

  #reconcile(bus: IEventBus): void {
    const target = (delivery: ConstructorParameters<typeof LambdaFunction>[1]) =>
      new LambdaFunction(this.reconcileRollouts.function, delivery);
    new EventRoute(this, 'WorkflowDied', {
      source: 'aws.states',
      detailType: 'Step Functions Execution Status Change',
      detail: { stateMachineArn: [this.workflow.arn], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      description: 'A rollout whose workflow died is brought to its last safe split',
      target,
      runbook: UNDELIVERED,
    });
    new EventRoute(this, 'HoldsChanged', {
      bus,
      source: FACT_SOURCE,
      detailType: [hold.events.placed.type, hold.events.lifted.type],
      description: 'Rollouts are looked at when holds change',
      target,
      runbook: UNDELIVERED,
    });
    new GovernedSchedule(this, 'Reconcile', {
      every: Duration.minutes(1),
      target: this.reconcileRollouts,
      description: 'Rollouts that nobody steers are looked at',
      runbook: 'rollout#nobody-reconciles',
    });
  }

  /** Asks how rollouts stand. */
  grantAsk(who: IGrantable): void {
    this.#api.grantAsk(who, [rolloutApi.list, rolloutApi.get]);
  }

  /** Pauses, resumes and rolls back under the caller's own name, restarts workflows, calls the reconciler. */
  grantOperate(who: IGrantable): void {
    this.#api.grantAsk(who, rolloutApi);
    this.workflow.grantOperate(who);
    allow(who, { actions: ['lambda:InvokeFunction'], resources: [this.reconcileRollouts.arn] });
  }

  #raiseAlarms(): void {
    new PagingAlarm(this, 'WorkflowsFail', {
      symptom: 'Rollout workflows fail: their rollouts are taken to the last safe split and wait for a human.',
      runbook: 'rollout#workflows-fail',
      severity: 'page',
      metric: this.workflow.metricFailed(),
      threshold: 1,
    });
    new PagingAlarm(this, 'WorkflowsTimeOut', {
      symptom: 'Rollout workflows run into their time limit.',
      runbook: 'rollout#workflows-time-out',
      severity: 'ticket',
      metric: this.workflow.metricTimedOut(),
      threshold: 1,
    });
    new PagingAlarm(this, 'WorkflowsAreStopped', {
      symptom:
        'Somebody stopped rollout workflows: their rollouts are taken to the last safe split and wait for a human.',
      runbook: 'rollout#workflows-fail',
      severity: 'ticket',
      metric: this.workflow.metricAborted(),
      threshold: 1,
    });
    new PagingAlarm(this, 'ReconcilerFails', {
      symptom: 'Rollouts are not brought home: one whose workflow died, or that is to go back, stays where it is.',
      runbook: 'rollout#nobody-reconciles',
      severity: 'page',
      metric: this.reconcileRollouts.metricErrors(),
      threshold: 3,
    });
  }
}
