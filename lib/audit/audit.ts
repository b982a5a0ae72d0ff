import { Aws, Duration, Lazy } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { AnyPrincipal, Effect, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Construct } from 'constructs';
import { audit, CHECKPOINT, logOrigin } from '../../core/audit/contract.ts';
import { EventRoute } from '../platform/event-route.ts';
import { type FactTables, followFacts } from '../platform/follow-facts.ts';
import { GovernedFunction } from '../platform/governed-function.ts';
import { GovernedTable } from '../platform/governed-table.ts';
import { groundOf } from '../platform/ground.ts';
import { PagingAlarm } from '../platform/paging-alarm.ts';
import { allow } from '../platform/permissions.ts';
import type { StageConfig } from '../stage.ts';
import { LogBucket } from './log-bucket.ts';

export type AuditProps = { readonly config: StageConfig['audit']; readonly tables: FactTables };

/** Every fact as a leaf of a signed log that anybody can check, and an independent copy that finds a fork. */
export class Audit extends Construct {
  readonly bucket: LogBucket;
  readonly copy: LogBucket;
  readonly key: Key;
  readonly table: GovernedTable;
  readonly sequenceFacts: GovernedFunction;
  readonly copyLog: GovernedFunction;
  readonly #props: AuditProps;

  constructor(scope: Construct, id: string, props: AuditProps) {
    super(scope, id);
    this.#props = props;
    this.bucket = new LogBucket(this, 'Log', { ...props.config, logPrefix: 'audit', events: true });
    this.copy = new LogBucket(this, 'Copy', { ...props.config, logPrefix: 'audit-copy' });
    this.table = new GovernedTable(this, 'Table', { indexes: [], facts: false });
    this.sequenceFacts = this.#sequenceFacts();
    this.key = this.#key();
    this.copyLog = this.#copyLog();
    this.#copyWhatIsSigned();
  }

  /** The name of the log, and of its key. */
  get origin(): string {
    return logOrigin({ stage: groundOf(this).stage, account: Aws.ACCOUNT_ID, region: Aws.REGION });
  }

  #sequenceFacts(): GovernedFunction {
    const { tables } = this.#props;
    const reactor = new GovernedFunction(this, 'SequenceFacts', {
      entry: 'audit/sequence-facts',
      contract: audit.reactors.sequenceFacts,
      env: {
        AUDIT_TABLE: this.table.tableName,
        LOG_BUCKET: this.bucket.bucketName,
        LOG_KEY_ARN: Lazy.string({ produce: () => this.key.keyArn }),
        LOG_ORIGIN: this.origin,
        FACT_TABLES: Lazy.string({
          produce: () => JSON.stringify(Object.values(tables).map(({ tableName }) => tableName)),
        }),
        STAGE: groundOf(this).stage,
      },
      memory: 1024,
      timeout: Duration.minutes(5),
    });
    this.table.grantChange(reactor);
    this.bucket.grantAppend(reactor);
    for (const table of Object.values(tables)) table.grantLog(reactor);
    followFacts(reactor, tables, {
      batchSize: 1000,
      // One checkpoint for all that is written within a second.
      maxBatchingWindow: Duration.seconds(1),
      // What is written in a stream only wakes it. The facts wait in the tables, and the next call finds them all.
      retryAttempts: 1000,
      maxRecordAge: Duration.hours(12),
    });
    new PagingAlarm(this, 'FactsAreNotLogged', {
      symptom: 'Facts wait for the audit log: nothing that happened since can be proven yet.',
      runbook: 'audit#facts-are-not-logged',
      severity: 'page',
      metric: new Metric({
        namespace: 'AWS/Lambda',
        metricName: 'IteratorAge',
        dimensionsMap: { FunctionName: reactor.function.functionName },
        statistic: 'Maximum',
        period: Duration.minutes(5),
      }),
      threshold: Duration.minutes(5).toMilliseconds(),
    });
    return reactor;
  }

  #key(): Key {
    const { stage, removal } = groundOf(this);
    const key = new Key(this, 'Key', {
      description: `Clearance ${stage}: signs the audit log`,
      alias: `clearance/${stage}/audit`,
      keySpec: KeySpec.ECC_NIST_EDWARDS25519,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: removal,
      pendingWindow: Duration.days(30),
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'OnlyTheSequencerSigns',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['kms:Sign'],
        resources: ['*'],
        conditions: { ArnNotEquals: { 'aws:PrincipalArn': [this.sequenceFacts.role.roleArn] } },
      }),
    );
    allow(this.sequenceFacts, { actions: ['kms:Sign', 'kms:GetPublicKey'], resources: [key.keyArn] });
    return key;
  }

  #copyLog(): GovernedFunction {
    const reactor = new GovernedFunction(this, 'CopyLog', {
      entry: 'audit/copy-log',
      contract: audit.reactors.copyLog,
      env: {
        LOG_BUCKET: this.bucket.bucketName,
        COPY_BUCKET: this.copy.bucketName,
        LOG_KEY_ARN: this.key.keyArn,
        LOG_ORIGIN: this.origin,
      },
      memory: 1024,
      timeout: Duration.minutes(15),
    });
    this.bucket.grantGet(reactor);
    this.copy.grantAppend(reactor);
    allow(reactor, { actions: ['kms:GetPublicKey'], resources: [this.key.keyArn] });
    return reactor;
  }

  #copyWhatIsSigned(): void {
    const { undelivered } = new EventRoute(this, 'CheckpointSigned', {
      source: 'aws.s3',
      detailType: 'Object Created',
      detail: { bucket: { name: [this.bucket.bucketName] }, object: { key: [CHECKPOINT] } },
      description: 'The audit log is taken over into its independent copy',
      target: (delivery) => new LambdaFunction(this.copyLog.function, delivery),
      runbook: 'audit#the-log-is-not-copied',
      severity: 'page',
    });
    this.copyLog.function.configureAsyncInvoke({ retryAttempts: 2, onFailure: new SqsDestination(undelivered) });
  }

  /** The log and its copy, every version of both, and the key that the log is signed with. */
  grantRead(who: IGrantable): void {
    for (const bucket of [this.bucket, this.copy]) {
      bucket.grantGet(who);
      bucket.grantReadHistory(who);
    }
    allow(who, { actions: ['kms:GetPublicKey'], resources: [this.key.keyArn] });
  }
}
