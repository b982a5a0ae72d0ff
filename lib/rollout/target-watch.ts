import { Duration } from 'aws-cdk-lib';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { API_CALL } from '../../core/kernel/api-call.ts';
import { deploymentsPath, rollout, TARGET_CALLS } from '../../core/rollout/contract.ts';
import { OBJECT_CALLS } from '../../core/security/contract.ts';
import type { Holds } from '../hold/hold.ts';
import type { ModelBucket } from '../intake/model-bucket.ts';
import { EventRoute } from '../platform/event-route.ts';
import { GovernedFunction } from '../platform/governed-function.ts';
import type { GovernedTable } from '../platform/governed-table.ts';
import { groundOf } from '../platform/ground.ts';
import type { RolloutTable } from './rollout-table.ts';
import { grantReach } from './target-reach.ts';

export type TargetWatchProps = {
  rollouts: RolloutTable;
  registry: GovernedTable;
  holds: Holds;
  models: ModelBucket;
};

/**
 * Sees changes of targets that no rollout made, and who was refused a model, by what CloudTrail tells of calls. Only AWS
 * can say such a thing: on the default bus, under a source that begins with `aws.`. Whose account speaks about whose
 * target, the function compares.
 */
export class TargetWatch extends Construct {
  readonly watchCalls: GovernedFunction;

  constructor(scope: Construct, id: string, props: TargetWatchProps) {
    super(scope, id);
    this.watchCalls = this.#watchCalls(props);
    const route = new EventRoute(this, 'TargetChanged', {
      source: ['aws.lambda', 'aws.appconfig', 'aws.s3'],
      detailType: API_CALL,
      detail: {
        $or: [
          { eventName: [...TARGET_CALLS], errorCode: [{ exists: false }] },
          // Only of trails that log data events of the bucket.
          {
            eventName: [...OBJECT_CALLS],
            errorCode: ['AccessDenied'],
            requestParameters: { bucketName: [props.models.bucket.bucketName] },
          },
        ],
      },
      description: 'Targets that were changed are looked at, and who was refused a model is told',
      target: (delivery) => new LambdaFunction(this.watchCalls.function, delivery),
      runbook: 'rollout#a-change-of-a-target-was-not-judged',
      severity: 'page',
    });
    route.keepFailuresOf(this.watchCalls);
  }

  /** Looks at every target and shifts none: what it finds becomes a hold, and the reconciler acts on that. */
  #watchCalls({ rollouts, registry, holds, models }: TargetWatchProps): GovernedFunction {
    const reactor = new GovernedFunction(this, 'WatchCalls', {
      entry: 'rollout/watch-calls',
      contract: rollout.reactors.watchCalls,
      env: {
        ROLLOUT_TABLE: rollouts.tableName,
        HOLD_TABLE: holds.table.tableName,
        REGISTRY_TABLE: registry.tableName,
        DEPLOYMENTS: deploymentsPath(groundOf(this).stage),
        MODEL_BUCKET: models.bucket.bucketName,
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
