import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { rolloutApi } from '../../core/rollout/api.ts';
import { deploymentsPath, type RolloutRules, rollout } from '../../core/rollout/contract.ts';
import type { Holds } from '../hold/hold.ts';
import type { ModelBucket } from '../intake/model-bucket.ts';
import type { EvidenceBucket } from '../platform/evidence-bucket.ts';
import { GovernedFunction } from '../platform/governed-function.ts';
import type { GovernedTable } from '../platform/governed-table.ts';
import { groundOf } from '../platform/ground.ts';
import { allow } from '../platform/permissions.ts';
import type { PlaneApi } from '../platform/plane-api.ts';
import type { Workflow } from '../platform/workflow.ts';
import type { KeySet } from '../signing/key-set.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { RolloutTable } from './rollout-table.ts';
import { grantReach } from './target-reach.ts';

export type RolloutStepsProps = {
  rules: RolloutRules;
  rollouts: RolloutTable;
  registry: GovernedTable;
  holds: Holds;
  evidence: EvidenceBucket;
  models: ModelBucket;
  keySet: KeySet;
  telemetry: Pick<Telemetry, 'table' | 'grantReadMinutes'>;
  api: PlaneApi;
};

/** The functions of rollouts, each with what it may do. */
export class RolloutSteps {
  readonly #scope: Construct;
  readonly #props: RolloutStepsProps;
  readonly #deployments: string;

  constructor(scope: Construct, props: RolloutStepsProps) {
    this.#scope = scope;
    this.#props = props;
    this.#deployments = deploymentsPath(groundOf(scope).stage);
  }

  openRollout(): GovernedFunction {
    const { rules, rollouts, registry } = this.#props;
    const step = new GovernedFunction(this.#scope, 'OpenRollout', {
      entry: 'rollout/open-rollout',
      contract: rollout.tasks.openRollout,
      env: {
        ROLLOUT_TABLE: rollouts.tableName,
        REGISTRY_TABLE: registry.tableName,
        DEPLOYMENTS: this.#deployments,
        ROLLOUT_RULES: JSON.stringify(rules),
      },
    });
    rollouts.grantChange(step);
    registry.grantLook(step);
    grantReach(step, 'look');
    return step;
  }

  decideStep(): GovernedFunction {
    const { rollouts, evidence, models, keySet } = this.#props;
    const step = new GovernedFunction(this.#scope, 'DecideStep', {
      entry: 'rollout/decide-step',
      contract: rollout.tasks.decideStep,
      env: {
        ...this.#sight(),
        EVIDENCE_BUCKET: evidence.bucketName,
        MODEL_BUCKET: models.bucket.bucketName,
        KEY_SET_KEY_ARN: keySet.rootKey.keyArn,
      },
      memory: 1024,
    });
    rollouts.grantChange(step);
    this.#judge(step);
    this.#props.holds.grantCheck(step);
    grantReach(step, 'look');
    evidence.grantGet(step);
    keySet.grantTrust(step);
    return step;
  }

  /** The one function of the workflow that may move traffic. */
  shiftTraffic(): GovernedFunction {
    const { rollouts, holds } = this.#props;
    const step = new GovernedFunction(this.#scope, 'ShiftTraffic', {
      entry: 'rollout/shift-traffic',
      contract: rollout.tasks.shiftTraffic,
      env: {
        ROLLOUT_TABLE: rollouts.tableName,
        HOLD_TABLE: holds.table.tableName,
        DEPLOYMENTS: this.#deployments,
      },
    });
    rollouts.grantChange(step);
    holds.table.grantLook(step);
    grantReach(step, 'shift');
    return step;
  }

  /** Goes through all rollouts one after the other, and may have to move the traffic of any. */
  reconcileRollouts(workflow: Workflow): GovernedFunction {
    const reactor = new GovernedFunction(this.#scope, 'ReconcileRollouts', {
      entry: 'rollout/reconcile-rollouts',
      contract: rollout.reactors.reconcileRollouts,
      env: { ...this.#sight(), WORKFLOW_ARN: workflow.arn, STAGE: groundOf(this.#scope).stage },
      timeout: Duration.minutes(5),
      memory: 1024,
    });
    this.#props.rollouts.grantChange(reactor);
    this.#props.rollouts.grantList(reactor);
    this.#judge(reactor);
    grantReach(reactor, 'shift');
    workflow.grantStart(reactor);
    return reactor;
  }

  answerRollouts(reconciler: GovernedFunction): GovernedFunction {
    const { rollouts, holds, api } = this.#props;
    const reactor = new GovernedFunction(this.#scope, 'AnswerRollouts', {
      entry: 'rollout/answer-rollouts',
      contract: rollout.reactors.answerRollouts,
      env: {
        ROLLOUT_TABLE: rollouts.tableName,
        HOLD_TABLE: holds.table.tableName,
        RECONCILER: reconciler.arn,
      },
    });
    rollouts.grantChange(reactor);
    rollouts.grantList(reactor);
    holds.table.grantLook(reactor);
    allow(reactor, { actions: ['lambda:InvokeFunction'], resources: [reconciler.arn] });
    api.serve(rolloutApi, reactor);
    return reactor;
  }

  /** Where the record, the holds, the traffic and the target are to be found. */
  #sight() {
    const { rollouts, holds, telemetry } = this.#props;
    return {
      ROLLOUT_TABLE: rollouts.tableName,
      HOLD_TABLE: holds.table.tableName,
      TELEMETRY_TABLE: telemetry.table.tableName,
      DEPLOYMENTS: this.#deployments,
    };
  }

  /** What both streams saw, and the hold for a human that too little of it becomes. */
  #judge(who: GovernedFunction): void {
    this.#props.telemetry.grantReadMinutes(who);
    this.#props.holds.grantPlace(who);
  }
}
