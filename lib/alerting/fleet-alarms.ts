import { Duration } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { metrics } from '../../core/kernel/metrics.ts';
import { PagingAlarm } from '../platform/paging-alarm.ts';
import { planeMetric } from '../platform/plane-metric.ts';

const HOUR = Duration.hours(1);
/** Of people: within a working day. */
const PATIENCE = Duration.hours(4);

/**
 * About many models at once. What happens to one model is told by its hold; here the number is the symptom, since one
 * cause outside of every model (a feed, a network, a release) does the same to all of them.
 */
export class FleetAlarms extends Construct {
  /** Those that a common cause raises at once. */
  readonly together: Construct;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.together = new Construct(this, 'Together');
    const { together } = this;
    const ownPeriod = true;
    new PagingAlarm(together, 'ModelsDriftTogether', {
      symptom: 'Several models drifted within an hour: what feeds them has changed.',
      runbook: 'fleet#several-models-drift-at-once',
      severity: 'page',
      metric: this.#holdsOf('drift'),
      threshold: 3,
      ownPeriod,
    });
    new PagingAlarm(together, 'ModelsBurnTogether', {
      symptom: 'Several models burn their error budgets within an hour: they fail for a common reason.',
      runbook: 'fleet#several-models-burn-their-budgets-at-once',
      severity: 'page',
      metric: this.#holdsOf('slo'),
      threshold: 3,
      ownPeriod,
    });
    new PagingAlarm(together, 'RolloutsRollBack', {
      symptom: 'Rollouts are rolled back one after another.',
      runbook: 'fleet#rollouts-are-rolled-back-one-after-another',
      severity: 'page',
      metric: this.#facts('rollout.rolled-back'),
      threshold: 3,
      ownPeriod,
    });
    new PagingAlarm(this, 'VersionsAreRejected', {
      symptom: 'Unusually many versions are rejected.',
      runbook: 'fleet#many-versions-are-rejected',
      severity: 'ticket',
      metric: this.#facts('intake.version-rejected'),
      threshold: 20,
      ownPeriod,
    });
    new PagingAlarm(this, 'RolloutsWait', {
      symptom: 'A rollout has rested for hours: nobody has decided whether it goes on.',
      runbook: 'fleet#a-rollout-waits-for-a-person',
      severity: 'ticket',
      metric: planeMetric(this, metrics.rolloutHeldLongest, { statistic: 'Maximum' }),
      threshold: PATIENCE.toSeconds(),
    });
  }

  #facts(kind: string): Metric {
    return planeMetric(this, metrics.facts, { statistic: 'Sum', period: HOUR, by: { Kind: kind } });
  }

  #holdsOf(signal: string): Metric {
    return planeMetric(this, metrics.holdsPlaced, { statistic: 'Sum', period: HOUR, by: { Signal: signal } });
  }
}
