import { Duration } from 'aws-cdk-lib';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Construct } from 'constructs';
import { API_CALL } from '../../core/kernel/api-call.ts';
import { deploymentsPath, rollout, TARGET_CALLS } from '../../core/rollout/contract.ts';
import type { Holds } from '../hold/hold.ts';
import { EventRoute } from '../platform/event-route.ts';
import { GovernedFunction } from '../platform/governed-function.ts';
import type { GovernedTable } from '../platform/governed-table.ts';
import { groundOf } from '../platform/ground.ts';
import type { RolloutTable } from './rollout-table.ts';
import { grantReach } from './target-reach.ts';

export type TargetWatchProps = { rollouts: RolloutTable; registry: GovernedTable; holds: Holds };

/** As long as whatever keeps a change from being judged may be away. */
const PATIENCE = Duration.hours(4);

/**
 * Sees changes of targets that no rollout made, by what CloudTrail tells of calls. Only AWS can say such a thing: on the
 * default bus, under a source that begins with `aws.`. Whose account speaks about whose target, the function compares.
 */
export class TargetWatch extends Construct {
  readonly watchCalls: GovernedFunction;

  constructor(scope: Construct, id: string, props: TargetWatchProps) {
    super(scope, id);
    this.watchCalls = this.#watchCalls(props);
    const { undelivered } = new EventRoute(this, 'TargetChanged', {
      source: ['aws.lambda', 'aws.appconfig'],
      detailType: API_CALL,
      detail: { eventName: [...TARGET_CALLS], errorCode: [{ exists: false }] },
      description: 'When somebody changed a target, what it serves is compared with what rollouts declare',
      target: (delivery) => new LambdaFunction(this.watchCalls.function, delivery),
      runbook: 'rollout#a-change-of-a-target-was-not-judged',
      severity: 'page',
    });
    // For EventBridge an event that Lambda has taken is delivered: what then fails each time would be lost.
    this.watchCalls.function.configureAsyncInvoke({
      onFailure: new SqsDestination(undelivered),
      retryAttempts: 2,
      maxEventAge: PATIENCE,
    });
  }

  /** Looks at every target and shifts none: what it finds becomes a hold, and the reconciler acts on that. */
  #watchCalls({ rollouts, registry, holds }: TargetWatchProps): GovernedFunction {
    const reactor = new GovernedFunction(this, 'WatchCalls', {
      entry: 'rollout/watch-calls',
      contract: rollout.reactors.watchCalls,
      env: {
        ROLLOUT_TABLE: rollouts.tableName,
        HOLD_TABLE: holds.table.tableName,
        REGISTRY_TABLE: registry.tableName,
        DEPLOYMENTS: deploymentsPath(groundOf(this).stage),
      },
      timeout: Duration.minutes(1),
    });
    rollouts.grantLook(reactor);
    rollouts.grantTell(reactor);
    registry.grantLook(reactor);
    holds.grantPlace(reactor);
    grantReach(reactor, 'look');
    return reactor;
  }
}
