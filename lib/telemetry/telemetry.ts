import { Duration } from 'aws-cdk-lib';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { CAPTURES, telemetry } from '../../core/telemetry/contract.ts';
import type { ModelBucket } from '../intake/model-bucket.ts';
import { allowDataSets } from '../platform/data-set-buckets.ts';
import { EventRoute } from '../platform/event-route.ts';
import type { EvidenceBucket } from '../platform/evidence-bucket.ts';
import { GovernedFunction } from '../platform/governed-function.ts';
import { DeadLetterQueue, GovernedQueue } from '../platform/governed-queue.ts';
import { GovernedSchedule } from '../platform/governed-schedule.ts';
import { GovernedTable } from '../platform/governed-table.ts';
import { groundOf } from '../platform/ground.ts';
import { PagingAlarm } from '../platform/paging-alarm.ts';
import { allow } from '../platform/permissions.ts';
import type { StageConfig } from '../stage.ts';
import { CaptureBucket, TelemetryBucket } from './telemetry-buckets.ts';

/** What has to be merged, and which files were set aside. */
const OPEN_INDEX = 'open';

/** Deliveries of one file before a person looks at it. */
const TRIES = 5;

export type TelemetryProps = {
  config: StageConfig['telemetry'];
  registry: GovernedTable;
  evidence: EvidenceBucket;
  models: ModelBucket;
};

/** From capture files to windows: each file is read once, what is counted merges, and payloads expire. */
export class Telemetry extends Construct {
  readonly captures: CaptureBucket;
  readonly bucket: TelemetryBucket;
  readonly table: GovernedTable;
  readonly summarise: GovernedFunction;
  readonly rollUp: GovernedFunction;
  /** A step of intake. */
  readonly summariseBaseline: GovernedFunction;
  readonly #props: TelemetryProps;

  constructor(scope: Construct, id: string, props: TelemetryProps) {
    super(scope, id);
    this.#props = props;
    const { retention } = props.config;
    this.captures = new CaptureBucket(this, 'Captures', retention);
    this.bucket = new TelemetryBucket(this, 'Counts', retention);
    this.table = new GovernedTable(this, 'Table', {
      indexes: [{ name: OPEN_INDEX, partitionKey: 'open', sortKey: 'dueAt' }],
    });
    this.summarise = this.#summarise();
    this.rollUp = this.#rollUp();
    this.summariseBaseline = this.#summariseBaseline();
    this.#summariseOnCapture();
    this.#rollUpOnTime();
  }

  #summarise(): GovernedFunction {
    const { config, evidence, registry } = this.#props;
    const reactor = new GovernedFunction(this, 'Summarise', {
      entry: 'telemetry/summarise',
      contract: telemetry.reactors.summarise,
      env: {
        CAPTURE_BUCKET: this.captures.bucketName,
        TELEMETRY_BUCKET: this.bucket.bucketName,
        TELEMETRY_TABLE: this.table.tableName,
        REGISTRY_TABLE: registry.tableName,
        EVIDENCE_BUCKET: evidence.bucketName,
        HASH_KEY_ARN: groundOf(this).dataKey.keyArn,
        CAPTURE_LIMITS: JSON.stringify(config.captures),
        RETENTION: JSON.stringify(config.retention),
        STAGE: groundOf(this).stage,
      },
      // One whole core: parsing is bound by it.
      memory: 1792,
      timeout: Duration.seconds(config.summariseSeconds),
    });
    this.captures.grantCount(reactor);
    this.bucket.grantKeep(reactor, 'summaries/*');
    this.table.grantChange(reactor);
    registry.grantLook(reactor);
    evidence.grantGet(reactor);
    this.#grantHash(reactor);
    return reactor;
  }

  /** The key that personal categories are hashed with; the context keeps the grant from being good for anything else. */
  #grantHash(step: GovernedFunction): void {
    this.bucket.grantKeepOnce(step, telemetry.keys.hashKey);
    allow(step, {
      actions: ['kms:Decrypt', 'kms:GenerateDataKeyWithoutPlaintext'],
      resources: [groundOf(this).dataKey.keyArn],
      conditions: { StringEquals: { 'kms:EncryptionContext:purpose': telemetry.hashPurpose } },
    });
  }

  #rollUp(): GovernedFunction {
    const { retention } = this.#props.config;
    const reactor = new GovernedFunction(this, 'RollUp', {
      entry: 'telemetry/roll-up',
      contract: telemetry.reactors.rollUp,
      env: {
        TELEMETRY_BUCKET: this.bucket.bucketName,
        TELEMETRY_TABLE: this.table.tableName,
        RETENTION: JSON.stringify(retention),
      },
      memory: 1792,
      timeout: Duration.minutes(15),
    });
    this.bucket.grantGet(reactor, 'summaries/*');
    this.bucket.grantKeep(reactor, 'windows/*');
    this.table.grantLook(reactor, { index: OPEN_INDEX });
    this.table.grantChange(reactor);
    return reactor;
  }

  #summariseBaseline(): GovernedFunction {
    const { config, evidence, models } = this.#props;
    const step = new GovernedFunction(this, 'SummariseBaseline', {
      entry: 'telemetry/summarise-baseline',
      contract: telemetry.tasks.summariseBaseline,
      env: {
        EVIDENCE_BUCKET: evidence.bucketName,
        TELEMETRY_BUCKET: this.bucket.bucketName,
        HASH_KEY_ARN: groundOf(this).dataKey.keyArn,
        BASELINE_BUCKETS: JSON.stringify(config.baselineBuckets),
      },
      memory: 1792,
      timeout: Duration.minutes(15),
    });
    models.grantInspect(step);
    evidence.grantGet(step);
    this.bucket.grantKeep(step, 'baselines/*');
    this.#grantHash(step);
    allowDataSets(step, config.baselineBuckets, 'baselines');
    return step;
  }

  #summariseOnCapture(): void {
    const { summariseSeconds } = this.#props.config;
    const uncounted = new DeadLetterQueue(this, 'Uncounted', {
      symptom: 'Capture files could not be counted: windows lack their events until they are delivered again.',
      runbook: 'telemetry#capture-files-are-not-counted',
    });
    const arrived = new GovernedQueue(this, 'ArrivedCaptures', {
      visibilityTimeout: Duration.seconds(summariseSeconds + 5),
      deadLetterQueue: { queue: uncounted, maxReceiveCount: TRIES },
    });
    this.summarise.function.addEventSource(
      // One at a time: a file may take minutes, and others need not wait for it.
      new SqsEventSource(arrived, { batchSize: 1, reportBatchItemFailures: true, maxConcurrency: 10 }),
    );
    new EventRoute(this, 'CaptureArrived', {
      source: 'aws.s3',
      detailType: 'Object Created',
      detail: { bucket: { name: [this.captures.bucketName] }, object: { key: [{ prefix: CAPTURES }] } },
      description: 'A capture file is counted',
      target: (delivery) => new SqsQueue(arrived, delivery),
      runbook: 'telemetry#capture-files-are-not-counted',
    });
  }

  #rollUpOnTime(): void {
    new GovernedSchedule(this, 'RollUpOnTime', {
      every: Duration.minutes(this.#props.config.rollUpMinutes),
      target: this.rollUp,
      description: 'Windows of hours and days are merged',
      runbook: 'telemetry#windows-are-not-merged',
    });
    new PagingAlarm(this, 'RollUpFails', {
      symptom: 'Windows of hours and days are not merged: drift is judged on old counts, or not at all.',
      runbook: 'telemetry#windows-are-not-merged',
      severity: 'ticket',
      metric: this.rollUp.metricErrors(),
      threshold: 3,
    });
  }

  /** Counts of minutes: requests, errors, latency. What a judge or a burn rate needs. */
  grantReadMinutes(who: IGrantable): void {
    this.table.grantLook(who);
  }

  /** Full windows at every grain, baselines, and the manifests by which they are found. */
  grantReadWindows(who: IGrantable): void {
    this.grantReadMinutes(who);
    this.bucket.grantGet(who, 'summaries/*', 'windows/*', 'baselines/*');
    this.#props.registry.grantLook(who);
    this.#props.evidence.grantGet(who);
  }

  /** Puts capture files. Cannot read them back. */
  grantPublish(who: IGrantable, models: readonly string[] | undefined): void {
    this.captures.grantPublish(who, models);
  }
}
