import { Duration } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { metrics } from '../../core/kernel/metrics.ts';
import { monitorApi } from '../../core/monitor/api.ts';
import type { GovernedFunction } from '../platform/governed-function.ts';
import { GovernedSchedule, SCHEDULED_TIME } from '../platform/governed-schedule.ts';
import { GovernedTable } from '../platform/governed-table.ts';
import { groundOf } from '../platform/ground.ts';
import { PagingAlarm } from '../platform/paging-alarm.ts';
import type { PlaneApi } from '../platform/plane-api.ts';
import { planeMetric } from '../platform/plane-metric.ts';
import { Workflow } from '../platform/workflow.ts';
import type { StageConfig } from '../stage.ts';
import { MonitorSteps, type MonitorStepsProps } from './monitor-steps.ts';

export type MonitorProps = Omit<MonitorStepsProps, 'table' | 'config'> & {
  config: StageConfig['monitor'];
  placeHold: GovernedFunction;
  api: PlaneApi;
};

/** The scheduled check of everything that is deployed: drift, schema, error budgets. What is wrong is held. */
export class Monitor extends Construct {
  readonly table: GovernedTable;
  readonly workflow: Workflow;
  readonly #api: PlaneApi;

  constructor(scope: Construct, id: string, props: MonitorProps) {
    super(scope, id);
    const { config, placeHold, api } = props;
    this.#api = api;
    this.table = new GovernedTable(this, 'Table', { indexes: [] });
    const steps = new MonitorSteps(this, { ...props, table: this.table });
    this.workflow = new Workflow(this, 'Workflow', {
      name: 'monitor',
      tasks: {
        ListStreamsArn: steps.listStreams(),
        CheckStreamArn: steps.checkStream(),
        PlaceHoldArn: placeHold,
        RecordCheckArn: steps.recordCheck(),
      },
      // Several runs at once harm nobody, but one that hangs for long tells nobody either.
      timeout: Duration.minutes(Math.max(15, 2 * config.everyMinutes)),
    });
    api.serve(monitorApi, steps.answerDrift());
    new GovernedSchedule(this, 'Check', {
      every: Duration.minutes(config.everyMinutes),
      target: this.workflow,
      input: { scheduledAt: SCHEDULED_TIME, settleSeconds: config.settleSeconds },
      description: 'Deployed models are checked for drift and burning error budgets',
      // What the next run does not make up for either, `NobodyWatches` tells.
      runbook: 'the-next-call',
    });
    this.#raiseAlarms(config.everyMinutes);
  }

  #raiseAlarms(everyMinutes: number): void {
    // Over a shorter time than between two runs, no two of them would ever fail one after the other.
    const between = Duration.minutes(Math.max(groundOf(this).alarmPeriod.toMinutes(), everyMinutes));
    new PagingAlarm(this, 'ChecksFail', {
      symptom: 'Scheduled checks fail: some or all deployed models are not watched.',
      runbook: 'monitor#models-are-not-checked',
      severity: 'ticket',
      metric: this.workflow.metricFailed().with({ period: between }),
      threshold: 1,
      periods: 2,
      ownPeriod: true,
    });
    new PagingAlarm(this, 'ChecksTimeOut', {
      symptom: 'Scheduled checks run into their time limit: the models at the end of the list are not watched.',
      runbook: 'monitor#models-are-not-checked',
      severity: 'ticket',
      metric: this.workflow.metricTimedOut(),
      threshold: 1,
    });
    new PagingAlarm(this, 'BudgetsBurnSlowly', {
      symptom: 'An error budget has burnt too fast for days, too slowly to hold anything.',
      runbook: 'slo#a-budget-burns-slowly',
      severity: 'ticket',
      metric: planeMetric(this, metrics.budgetsBurningSlowly, { statistic: 'Maximum', period: Duration.hours(1) }),
      threshold: 1,
      ownPeriod: true,
      alone: true,
    });
    new PagingAlarm(this, 'DeploymentsAreSilent', {
      symptom: 'A deployed model that was asked sends no inference events any more: nothing wrong with it can be seen.',
      runbook: 'monitor#a-deployment-is-silent',
      severity: 'ticket',
      metric: planeMetric(this, metrics.deploymentsSilent, { statistic: 'Maximum', period: Duration.hours(1) }),
      threshold: 1,
      ownPeriod: true,
      alone: true,
    });
    const patience = Duration.minutes(Math.max(15, 3 * everyMinutes));
    new PagingAlarm(this, 'NobodyWatches', {
      symptom: 'Deployed models have not been checked for a long time: drift and burning budgets go unseen.',
      runbook: 'monitor#models-are-not-checked',
      severity: 'page',
      metric: planeMetric(this, metrics.checkAge, { statistic: 'Maximum', period: patience }),
      threshold: patience.toSeconds(),
      ownPeriod: true,
      silenceTells: true,
    });
  }

  /** Asks how models stand; about all of them when left out. */
  grantAsk(who: IGrantable, models?: readonly string[]): void {
    this.#api.grantAsk(who, monitorApi, models === undefined ? {} : { model: models });
  }
}
