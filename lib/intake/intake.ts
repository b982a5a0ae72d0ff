import { Duration } from 'aws-cdk-lib';
import { EventField, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SfnStateMachine, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { intake, MANIFEST } from '../../core/intake/contract.ts';
import { EventRoute } from '../platform/event-route.ts';
import { GovernedFunction } from '../platform/governed-function.ts';
import { DeadLetterQueue, GovernedQueue } from '../platform/governed-queue.ts';
import { GovernedSchedule } from '../platform/governed-schedule.ts';
import { PagingAlarm } from '../platform/paging-alarm.ts';
import { Workflow } from '../platform/workflow.ts';
import { IntakeSteps, type IntakeStepsProps } from './intake-steps.ts';

/** Holds the attempts that somebody still has to finish, by when. */
export const OPEN_INDEX = 'open';

const RECHECK_EVERY = Duration.minutes(1);

/** The steps of the workflow that other capabilities own. */
type ForeignSteps = Readonly<
  Record<
    | 'scanFiles'
    | 'evaluateGates'
    | 'decideRegistration'
    | 'summariseBaseline'
    | 'signVersion'
    | 'reserveVersion'
    | 'registerVersion',
    GovernedFunction
  >
>;

export type IntakeProps = IntakeStepsProps & { steps: ForeignSteps };

/** From a dropped manifest to an answer: the steps, the workflow that orders them, and what starts and restarts it. */
export class Intake extends Construct {
  readonly workflow: Workflow;
  readonly sweepUploads: GovernedFunction;
  readonly #props: IntakeProps;

  constructor(scope: Construct, id: string, props: IntakeProps) {
    super(scope, id);
    this.#props = props;
    const { scanFiles, evaluateGates, decideRegistration, summariseBaseline, signVersion } = props.steps;
    const { reserveVersion, registerVersion } = props.steps;
    const own = new IntakeSteps(this, props);
    this.workflow = new Workflow(this, 'Workflow', {
      name: 'intake',
      tasks: {
        ClaimUploadArn: own.claimUpload(),
        TakeInventoryArn: own.takeInventory(),
        DigestFilesArn: own.digestFiles(),
        ScanFilesArn: scanFiles,
        EvaluateGatesArn: evaluateGates,
        DecideRegistrationArn: decideRegistration,
        SummariseBaselineArn: summariseBaseline,
        SignVersionArn: signVersion,
        ReserveVersionArn: reserveVersion,
        PublishVersionArn: own.publishVersion(),
        RegisterVersionArn: registerVersion,
        AnswerUploadArn: own.answerUpload(),
        QuarantineVersionArn: own.quarantineVersion(),
      },
      timeout: Duration.seconds(props.config.timeoutSeconds),
    });
    this.sweepUploads = this.#sweepUploads();
    this.#startOnManifest();
    this.#recheckOnFiles();
    this.#restartWhatDied();
    this.#raiseAlarms();
  }

  #sweepUploads(): GovernedFunction {
    const { attempts, config } = this.#props;
    const reactor = new GovernedFunction(this, 'SweepUploads', {
      entry: 'intake/sweep-uploads',
      contract: intake.reactors.sweepUploads,
      env: {
        INTAKE_TABLE: attempts.tableName,
        WORKFLOW_ARN: this.workflow.arn,
        INTAKE_LIMITS: JSON.stringify(config.limits),
      },
    });
    attempts.grantLook(reactor, { index: OPEN_INDEX });
    attempts.grantChange(reactor);
    this.workflow.grantStart(reactor);
    return reactor;
  }

  #startOnManifest(): void {
    const { machine } = this.workflow;
    const input = RuleTargetInput.fromObject({
      bucket: EventField.fromPath('$.detail.bucket.name'),
      key: EventField.fromPath('$.detail.object.key'),
      versionId: EventField.fromPath('$.detail.object.version-id'),
      trigger: null,
    });
    new EventRoute(this, 'ManifestArrived', {
      ...this.#objectCreated({ wildcard: `${intake.keys.prefix({ model: '*', version: '*' })}${MANIFEST}` }),
      description: 'An uploaded manifest starts intake',
      target: (delivery) => new SfnStateMachine(machine, { ...delivery, input }),
      runbook: 'intake#an-event-could-not-be-delivered',
      severity: 'page',
    });
  }

  /** A file may be the last of an upload, or written over a registered version. Which it is, core decides. */
  #recheckOnFiles(): void {
    const { attempts, models, registry } = this.#props;
    const reactor = new GovernedFunction(this, 'RecheckUpload', {
      entry: 'intake/recheck-upload',
      contract: intake.reactors.recheckUpload,
      env: {
        INTAKE_TABLE: attempts.tableName,
        REGISTRY_TABLE: registry.tableName,
        WORKFLOW_ARN: this.workflow.arn,
      },
    });
    attempts.grantLook(reactor);
    registry.grantLook(reactor);
    models.grantReadMarks(reactor);
    this.workflow.grantStart(reactor);
    const arrived = new GovernedQueue(this, 'ArrivedFiles', {
      visibilityTimeout: RECHECK_EVERY,
      deadLetterQueue: {
        queue: new DeadLetterQueue(this, 'UncheckedFiles', {
          symptom: 'Uploaded files were not looked at: an incomplete upload may wait although it is complete.',
          runbook: 'intake#uploaded-files-are-not-looked-at',
        }),
        // A file that arrives during an attempt comes again until that attempt, at the longest, has timed out.
        maxReceiveCount: Math.min(1000, 10 + Math.ceil(this.#props.config.timeoutSeconds / RECHECK_EVERY.toSeconds())),
      },
    });
    reactor.function.addEventSource(
      new SqsEventSource(arrived, {
        batchSize: 10,
        maxBatchingWindow: Duration.seconds(2),
        reportBatchItemFailures: true,
        maxConcurrency: 5,
      }),
    );
    new EventRoute(this, 'FileArrived', {
      ...this.#objectCreated({ prefix: 'models/' }),
      description: 'An uploaded file is looked at',
      target: (delivery) => new SqsQueue(arrived, delivery),
      runbook: 'intake#an-event-could-not-be-delivered',
    });
  }

  #objectCreated(key: { wildcard: string } | { prefix: string }) {
    const bucket = { name: [this.#props.models.bucket.bucketName] };
    return { source: 'aws.s3', detailType: 'Object Created', detail: { bucket, object: { key: [key] } } };
  }

  #restartWhatDied(): void {
    new EventRoute(this, 'WorkflowDied', {
      source: 'aws.states',
      detailType: 'Step Functions Execution Status Change',
      detail: { stateMachineArn: [this.workflow.arn], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      description: 'A workflow that died is started again',
      target: (delivery) => new LambdaFunction(this.sweepUploads.function, delivery),
      runbook: 'intake#an-event-could-not-be-delivered',
    });
    new GovernedSchedule(this, 'Sweep', {
      every: Duration.minutes(this.#props.config.sweepMinutes),
      target: this.sweepUploads,
      description: 'Attempts that nobody works on are started again',
      runbook: 'intake#nobody-sweeps',
    });
  }

  #raiseAlarms(): void {
    new PagingAlarm(this, 'WorkflowsFail', {
      symptom: 'Intake workflows fail: uploads get their answer late, or are rejected for no fault of theirs.',
      runbook: 'intake#workflows-fail',
      severity: 'page',
      metric: this.workflow.metricFailed(),
      threshold: 1,
    });
    new PagingAlarm(this, 'WorkflowsTimeOut', {
      symptom: 'Intake workflows run into their time limit.',
      runbook: 'intake#workflows-time-out',
      severity: 'ticket',
      metric: this.workflow.metricTimedOut(),
      threshold: 1,
    });
    new PagingAlarm(this, 'WorkflowsAreStopped', {
      symptom: 'Somebody stopped intake workflows: their uploads are tried again later.',
      runbook: 'intake#workflows-fail',
      severity: 'ticket',
      metric: this.workflow.metricAborted(),
      threshold: 1,
    });
    new PagingAlarm(this, 'SweepsFail', {
      symptom: 'The sweeper fails: uploads whose workflow died wait for nothing.',
      runbook: 'intake#nobody-sweeps',
      severity: 'ticket',
      metric: this.sweepUploads.metricErrors(),
      threshold: 3,
    });
  }
}
