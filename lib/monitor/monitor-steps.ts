import { Duration, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { monitor, objectivesPath } from '../../core/monitor/contract.ts';
import { deploymentsPath } from '../../core/rollout/contract.ts';
import type { Holds } from '../hold/hold.ts';
import type { EvidenceBucket } from '../platform/evidence-bucket.ts';
import { GovernedFunction } from '../platform/governed-function.ts';
import type { GovernedTable } from '../platform/governed-table.ts';
import { groundOf } from '../platform/ground.ts';
import { allow } from '../platform/permissions.ts';
import type { StageConfig } from '../stage.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { ObjectiveParameters } from './objective-parameters.ts';

export type MonitorStepsProps = {
  config: StageConfig['monitor'];
  table: GovernedTable;
  registry: GovernedTable;
  holds: Pick<Holds, 'table'>;
  evidence: EvidenceBucket;
  telemetry: Telemetry;
};

const DEPLOYED = 'Deployments are named by the teams that make them, each in its own parameter below this one path.';
const OBJECTIVES = 'Objectives stand in as many parameters below this one path as they need.';

/** The functions of scheduled checks, each with what it may do. None may change what is registered or what serves. */
export class MonitorSteps {
  readonly #scope: Construct;
  readonly #props: MonitorStepsProps;

  constructor(scope: Construct, props: MonitorStepsProps) {
    this.#scope = scope;
    this.#props = props;
  }

  listStreams(): GovernedFunction {
    const { config, table, telemetry } = this.#props;
    const { stage } = groundOf(this.#scope);
    const step = new GovernedFunction(this.#scope, 'ListStreams', {
      entry: 'monitor/list-streams',
      contract: monitor.tasks.listStreams,
      env: {
        MONITOR_TABLE: table.tableName,
        TELEMETRY_TABLE: telemetry.table.tableName,
        DEPLOYMENTS: deploymentsPath(stage),
        MONITOR_RULES: JSON.stringify(config.rules),
        STAGE: stage,
      },
      timeout: Duration.minutes(1),
    });
    table.grantLook(step);
    telemetry.grantReadMinutes(step);
    this.#readParameters(step, deploymentsPath(stage), DEPLOYED);
    return step;
  }

  checkStream(): GovernedFunction {
    const { config, table, holds, registry, telemetry, evidence } = this.#props;
    const { stage } = groundOf(this.#scope);
    new ObjectiveParameters(this.#scope, 'Objectives', { documents: config.objectives });
    const step = new GovernedFunction(this.#scope, 'CheckStream', {
      entry: 'monitor/check-stream',
      contract: monitor.tasks.checkStream,
      env: {
        MONITOR_TABLE: table.tableName,
        HOLD_TABLE: holds.table.tableName,
        REGISTRY_TABLE: registry.tableName,
        TELEMETRY_TABLE: telemetry.table.tableName,
        TELEMETRY_BUCKET: telemetry.bucket.bucketName,
        EVIDENCE_BUCKET: evidence.bucketName,
        OBJECTIVES: objectivesPath(stage),
        MONITOR_RULES: JSON.stringify(config.rules),
      },
      // One whole core: merging and comparing sketches is bound by it.
      memory: 1792,
      timeout: Duration.minutes(2),
    });
    table.grantLook(step);
    holds.table.grantLook(step);
    registry.grantLook(step);
    telemetry.grantReadWindows(step);
    evidence.grantKeep(step, 'monitor/*');
    this.#readParameters(step, objectivesPath(stage), OBJECTIVES);
    return step;
  }

  recordCheck(): GovernedFunction {
    const { table } = this.#props;
    const step = new GovernedFunction(this.#scope, 'RecordCheck', {
      entry: 'monitor/record-check',
      contract: monitor.tasks.recordCheck,
      env: { MONITOR_TABLE: table.tableName, STAGE: groundOf(this.#scope).stage },
    });
    table.grantChange(step);
    return step;
  }

  answerDrift(): GovernedFunction {
    const { table, holds, evidence } = this.#props;
    const reactor = new GovernedFunction(this.#scope, 'AnswerDrift', {
      entry: 'monitor/answer-drift',
      contract: monitor.reactors.answerDrift,
      env: {
        MONITOR_TABLE: table.tableName,
        HOLD_TABLE: holds.table.tableName,
        EVIDENCE_BUCKET: evidence.bucketName,
      },
    });
    table.grantLook(reactor);
    holds.table.grantLook(reactor);
    evidence.grantGet(reactor);
    return reactor;
  }

  #readParameters(who: GovernedFunction, path: string, because: string): void {
    const parameter = (name: string) =>
      Stack.of(who).formatArn({ service: 'ssm', resource: 'parameter', resourceName: name.slice(1) });
    const resources = [parameter(path), parameter(`${path}/*`)];
    allow(who, { actions: ['ssm:GetParametersByPath'], resources, because });
  }
}
