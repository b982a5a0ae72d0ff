import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type ISecurityGroup, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { type IGrantable, type IManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { REQUEST_SOURCE } from '../core/kernel/contract.ts';
import { type PlaneAddress, planeParameter } from '../core/registry/api.ts';
import { Admission } from './admission/admission.ts';
import { Alerting } from './alerting/alerting.ts';
import { OperationsDashboard } from './alerting/dashboard.ts';
import { Audit } from './audit/audit.ts';
import { Gates } from './gates/gates.ts';
import { Holds } from './hold/hold.ts';
import { OnCall } from './hold/on-call.ts';
import { Intake, OPEN_INDEX } from './intake/intake.ts';
import { ModelBucket } from './intake/model-bucket.ts';
import { Monitor } from './monitor/monitor.ts';
import { DataKey } from './platform/data-key.ts';
import { EvidenceBucket } from './platform/evidence-bucket.ts';
import { AccessLogBucket } from './platform/governed-bucket.ts';
import { GovernedFunction } from './platform/governed-function.ts';
import { DeadLetterQueue } from './platform/governed-queue.ts';
import { GovernedTable } from './platform/governed-table.ts';
import { GovernedTopic } from './platform/governed-topic.ts';
import { layGround, type Network } from './platform/ground.ts';
import { allow } from './platform/permissions.ts';
import { PlaneApi } from './platform/plane-api.ts';
import { Policy } from './policy/policy.ts';
import { FactStream } from './registry/fact-stream.ts';
import { INVERSE_INDEX, Registry } from './registry/registry.ts';
import { RegistryQueries } from './registry/registry-queries.ts';
import { Rollout } from './rollout/rollout.ts';
import { RolloutTable } from './rollout/rollout-table.ts';
import { TargetWatch } from './rollout/target-watch.ts';
import { Scanning } from './scanning/scanning.ts';
import { SecurityHub } from './security/security-hub.ts';
import { KeySet } from './signing/key-set.ts';
import { Signing } from './signing/signing.ts';
import { parseStage, type StageConfig, type StageInput } from './stage.ts';
import { Telemetry } from './telemetry/telemetry.ts';
import { Verification } from './verification/verification.ts';

export { GovernedAlias, publishServing } from './rollout/governed-alias.ts';
export { GovernedDeployment } from './rollout/governed-deployment.ts';

/** Everything but the stage is made when left out. */
export type ModelGovernanceProps = {
  stage: StageInput;
  /** Must report events to EventBridge and be versioned; see `modelBucketPolicy`. */
  modelBucket?: IBucket;
  /** Encrypts what the plane keeps. CloudWatch must be allowed to use it for the topics. */
  dataKey?: IKey;
  /** ECC_NIST_P256, SIGN_VERIFY. Its key policy should leave `kms:Sign` to `signerRoleArns` alone. */
  signingKey?: IKey;
  eventBus?: IEventBus;
  pageTopic?: ITopic;
  ticketTopic?: ITopic;
  network?: Network;
  permissionsBoundary?: IManagedPolicy;
};

export type ModelChoice = { models?: readonly string[] };

/** CDK's older defaults for these are wrong here: an ACL that S3 refuses, and a queue that any account may write. */
const FLAGS = ['@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy', '@aws-cdk/aws-events:eventsTargetQueueSameAccount'];

/**
 * A model-governance plane: drop a model version into `modelBucket`, and it comes out signed and registered, or
 * quarantined with the reasons.
 */
export class ModelGovernance extends Construct {
  readonly config: StageConfig;
  readonly modelBucket: IBucket;
  /** What the model bucket's policy has to say; in force already, unless that bucket is imported. */
  readonly modelBucketPolicy: ModelBucket['policy'];
  readonly evidenceBucket: EvidenceBucket;
  readonly eventBus: IEventBus;
  readonly pageTopic: ITopic;
  readonly ticketTopic: ITopic;
  readonly signing: Signing;
  readonly keySet: KeySet;
  readonly registry: Registry;
  readonly intake: Intake;
  readonly api: PlaneApi;
  readonly holds: Holds;
  readonly queries: RegistryQueries;
  readonly admission: Admission;
  readonly parameterName: string;
  readonly #address: StringParameter;
  readonly attempts: GovernedTable;
  readonly rollouts: RolloutTable;
  readonly rollout: Rollout;
  readonly telemetry: Telemetry;
  readonly monitor: Monitor;
  readonly verification: Verification;
  readonly audit: Audit;
  readonly #models: ModelBucket;

  constructor(scope: Construct, id: string, props: ModelGovernanceProps) {
    super(scope, id);
    for (const flag of FLAGS) this.node.setContext(flag, true);
    this.config = parseStage(props.stage, 'The property "stage"');
    if (props.permissionsBoundary !== undefined) PermissionsBoundary.of(this).apply(props.permissionsBoundary);
    const ground = this.#layGround(props);
    this.pageTopic = ground.pages;
    this.ticketTopic = ground.tickets;
    const models = new ModelBucket(this, 'Models', { existing: props.modelBucket });
    const evidence = new EvidenceBucket(this, 'Evidence', { lockDays: this.config.evidence.lockDays });
    this.#models = models;
    this.modelBucket = models.bucket;
    this.modelBucketPolicy = models.policy;
    this.evidenceBucket = evidence;
    this.eventBus = props.eventBus ?? this.#ownBus();
    this.registry = new Registry(this, 'Registry', { evidence });
    this.signing = new Signing(this, 'Signing', {
      evidence,
      existingKey: props.signingKey,
      keys: this.config.signing.keys,
    });
    this.keySet = new KeySet(this, 'KeySet', { config: this.config.signing, models, signing: this.signing });
    const { scanFiles } = new Scanning(this, 'Scanning', { models, evidence });
    const { evaluateGates } = new Gates(this, 'Gates', { rules: this.config.gates, evidence, models });
    const { decideRegistration } = new Policy(this, 'Policy', { evidence });
    this.attempts = new GovernedTable(this, 'Attempts', {
      indexes: [{ name: OPEN_INDEX, partitionKey: 'open', sortKey: 'dueAt' }],
    });
    const { keySet } = this;
    const { signVersion } = this.signing;
    const { reserveVersion, registerVersion, table: registry } = this.registry;
    this.telemetry = new Telemetry(this, 'Telemetry', { config: this.config.telemetry, registry, evidence, models });
    const { summariseBaseline } = this.telemetry;
    this.intake = new Intake(this, 'Intake', {
      config: this.config.intake,
      models,
      evidence,
      attempts: this.attempts,
      registry,
      keySet,
      steps: {
        scanFiles,
        evaluateGates,
        decideRegistration,
        summariseBaseline,
        signVersion,
        reserveVersion,
        registerVersion,
      },
    });
    this.api = new PlaneApi(this, 'Api');
    this.holds = new Holds(this, 'Holds', {
      api: this.api,
      environments: this.config.admission.environments.map(({ name }) => name),
    });
    const onCall = new OnCall(this, 'OnCall', { bus: this.eventBus });
    this.rollouts = new RolloutTable(this, 'Rollouts');
    this.monitor = new Monitor(this, 'Monitor', {
      config: this.config.monitor,
      registry,
      holds: this.holds,
      placeHold: this.holds.placeHold,
      evidence,
      telemetry: this.telemetry,
      api: this.api,
    });
    const tables = {
      Attempts: this.attempts,
      Registry: registry,
      Rollouts: this.rollouts,
      Holds: this.holds.table,
      Telemetry: this.telemetry.table,
      Monitor: this.monitor.table,
    };
    const facts = new FactStream(this, 'Facts', { bus: this.eventBus, tables });
    this.audit = new Audit(this, 'Audit', { config: this.config.audit, tables });
    const { attempts, signing } = this;
    this.verification = new Verification(this, 'Verification', {
      config: this.config.verification,
      models,
      evidence,
      keySet: this.keySet,
      registry,
      rollouts: this.rollouts,
      holds: this.holds,
    });
    this.queries = new RegistryQueries(this, 'Queries', {
      api: this.api,
      registry,
      attempts,
      evidence,
      models,
      signing,
      verification: this.verification.table,
    });
    this.admission = new Admission(this, 'Admission', {
      rules: this.config.admission,
      models,
      evidence,
      signing,
      keySet,
      registry,
      holds: this.holds,
      rollouts: this.rollouts,
      api: this.api,
    });
    this.rollout = new Rollout(this, 'Rollout', {
      rules: this.config.rollout,
      rollouts: this.rollouts,
      registry,
      holds: this.holds,
      evidence,
      models,
      keySet,
      telemetry: this.telemetry,
      api: this.api,
      admitVersion: this.admission.admitVersion,
      bus: this.eventBus,
    });
    new TargetWatch(this, 'TargetWatch', { rollouts: this.rollouts, registry, holds: this.holds, models });
    if (this.config.security.securityHub) new SecurityHub(this, 'SecurityHub', { bus: this.eventBus });
    keySet.listLogKey(this.audit);
    keySet.publishBefore(signing.signers);
    this.#address = this.#publishAddress();
    this.parameterName = this.#address.parameterName;
    new Alerting(this, 'Alerting', {
      intake: [this.intake, signing, keySet],
      facts: [facts, this.audit],
      holds: [this.holds, onCall],
      rollouts: [this.rollout, this.admission],
      checks: [this.monitor, this.verification],
      telemetry: [this.telemetry],
    });
    new OperationsDashboard(this, 'Operations', this);
  }

  #layGround(props: ModelGovernanceProps) {
    const { stage, architecture, alarms, logDays } = this.config;
    const removal = this.config.removal === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    const dataKey = props.dataKey ?? new DataKey(this, 'DataKey', { stage, removal });
    return layGround(this, {
      stage,
      removal,
      logRetention: logDays,
      architecture: architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      network: props.network === undefined ? undefined : this.#attach(props.network),
      dataKey,
      accessLogs: new AccessLogBucket(this, 'AccessLogs', { removal, days: logDays }),
      alarmPeriod: Duration.minutes(alarms.everyMinutes),
      pages: props.pageTopic ?? new GovernedTopic(this, 'Pages', { key: dataKey, emails: alarms.pageEmails }),
      tickets: props.ticketTopic ?? new GovernedTopic(this, 'Tickets', { key: dataKey, emails: alarms.ticketEmails }),
    });
  }

  /** All functions share one security group; nothing connects to them. */
  #attach({ vpc, ...network }: Network): Network {
    const own = () => [new SecurityGroup(this, 'Functions', { vpc, description: 'Clearance functions' })];
    return { ...network, vpc, securityGroups: network.securityGroups ?? (own() as ISecurityGroup[]) };
  }

  #ownBus(): IEventBus {
    return new EventBus(this, 'Bus', { eventBusName: `clearance-${this.config.stage}` }) as IEventBus;
  }

  /** Where a client finds the plane, knowing nothing but the stage's name. */
  #publishAddress(): StringParameter {
    const stack = Stack.of(this);
    const address: Record<keyof PlaneAddress, string> = {
      stage: this.config.stage,
      region: stack.region,
      apiUrl: this.api.url,
      modelBucket: this.modelBucket.bucketName,
      eventBus: this.eventBus.eventBusArn,
      auditLog: this.audit.bucket.bucketName,
    };
    return new StringParameter(this, 'Address', {
      parameterName: planeParameter(this.config.stage),
      stringValue: stack.toJsonString(address),
      description: 'Where the Clearance plane of this stage is reached',
    });
  }

  get signerRoleArns(): readonly string[] {
    return this.signing.signerRoleArns;
  }

  /**
   * Upload versions of `models` (all, when left out), ask about them, read their answers. Cannot read model bytes,
   * mark, sign or answer.
   */
  grantSubmit(who: IGrantable, { models }: ModelChoice = {}): void {
    this.#models.grantSubmit(who, models);
    this.queries.grantAsk(who, models);
    this.#grantAddress(who);
  }

  /** Read registered versions of `models`, the keys that count for their signatures, and all that the registry says of them. */
  grantRead(who: IGrantable, { models }: ModelChoice = {}): void {
    this.#models.grantRead(who, models);
    this.#models.grantReadKeys(who);
    this.queries.grantAsk(who, models);
    this.monitor.grantAsk(who, models);
    this.rollout.grantAsk(who);
    this.holds.grantAsk(who);
    this.#grantAddress(who);
  }

  /**
   * Ask admission, request rollouts, and watch what becomes of both. On the bus it can ask and nothing else: what the
   * plane says carries another source, and no rule listens to a request of another type.
   */
  grantRelease(who: IGrantable): void {
    allow(who, {
      actions: ['events:PutEvents'],
      resources: [this.eventBus.eventBusArn],
      conditions: {
        // All entries of one call: a plain comparison with a list could pass when one of them matches.
        'ForAllValues:StringEquals': { 'events:source': [REQUEST_SOURCE] },
        'ForAllValues:StringLike': { 'events:detail-type': ['*.requested.v1'] },
        Null: { 'events:source': 'false', 'events:detail-type': 'false' },
      },
    });
    this.admission.grantAsk(who);
    this.queries.grantAsk(who);
    this.rollout.grantAsk(who);
    this.#grantAddress(who);
  }

  /** Put capture files, of `models` only or of any. Cannot read them back. */
  grantPublish(who: IGrantable, { models }: ModelChoice = {}): void {
    this.telemetry.grantPublish(who, models);
  }

  /** Follow the runbooks: workflows, dead letters, sweeps, logs. Cannot read model bytes, change a verdict or sign. */
  grantOperate(who: IGrantable): void {
    const { workflow, sweepUploads } = this.intake;
    workflow.grantOperate(who);
    this.rollout.grantOperate(who);
    allow(who, { actions: ['lambda:InvokeFunction'], resources: [sweepUploads.arn] });
    const below = this.node.findAll();
    for (const child of below) {
      if (child instanceof DeadLetterQueue) child.grantRedrive(who);
      if (child instanceof GovernedFunction) child.grantReadLogs(who);
    }
    this.attempts.grantLook(who, { index: OPEN_INDEX });
    this.registry.table.grantLook(who, { index: INVERSE_INDEX });
    this.monitor.workflow.grantOperate(who);
    this.monitor.table.grantLook(who);
    this.verification.grantOperate(who);
    this.queries.grantAsk(who);
    this.monitor.grantAsk(who);
    this.holds.grantAct(who);
    this.#grantAddress(who);
  }

  /** Read the evidence, the registry, what every workflow did, and the key that verifies signatures. Changes nothing. */
  grantAudit(who: IGrantable): void {
    this.evidenceBucket.grantGet(who);
    this.evidenceBucket.grantReadHistory(who);
    this.registry.table.grantLook(who, { index: INVERSE_INDEX });
    this.attempts.grantLook(who);
    this.intake.workflow.grantReadHistory(who);
    this.rollout.workflow.grantReadHistory(who);
    this.rollouts.grantLook(who);
    this.rollout.grantAsk(who);
    this.signing.grantReadPublicKey(who);
    this.#models.grantReadKeys(who);
    this.queries.grantAsk(who);
    this.monitor.grantAsk(who);
    this.monitor.table.grantLook(who);
    this.monitor.workflow.grantReadHistory(who);
    this.verification.table.grantLook(who);
    this.holds.grantAsk(who);
    this.holds.table.grantLook(who);
    this.audit.grantRead(who);
    this.#grantAddress(who);
  }

  #grantAddress(who: IGrantable): void {
    allow(who, { actions: ['ssm:GetParameter'], resources: [this.#address.parameterArn] });
  }
}
