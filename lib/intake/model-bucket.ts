import { Annotations, Lazy, RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { intake, MANIFEST } from '../../core/intake/contract.ts';
import { ModelId } from '../../core/kernel/identity.ts';
import { useKey } from '../platform/data-key.ts';
import { GovernedBucket } from '../platform/governed-bucket.ts';
import type { GovernedFunction } from '../platform/governed-function.ts';
import { groundOf } from '../platform/ground.ts';
import { allow } from '../platform/permissions.ts';

const TAG = 'clearance';
const CLEARED = 'registered';
const ANY_VERSION = { model: '*', version: '*' };
const ANY_FILE = 'models/*';
const ANY_BUNDLE = intake.keys.bundle(ANY_VERSION);
const ANY_MANIFEST = `${intake.keys.prefix(ANY_VERSION)}${MANIFEST}`;
const ANY_ANSWER = 'answers/*';
const ANY_KEY_SET = 'keys/*';
const ANY_ATTESTATION = 'attestations/*';

const UPLOADS = 'Model, version and file names are chosen by whoever uploads.';

const KEY_SETS = 'Each set that ever stood has its number in its name.';

const MARKING = [
  's3:PutObjectTagging',
  's3:PutObjectVersionTagging',
  's3:DeleteObjectTagging',
  's3:DeleteObjectVersionTagging',
];

/** Model names as key prefixes: all, or those a team answers for. */
const prefixesOf = (models: readonly string[] | undefined): string[] =>
  models === undefined ? ['*'] : models.map((model) => ModelId.parse(model));

/**
 * Where models are dropped. Its policy fails closed: bytes are read by nobody but the steps that inspect them until
 * their version is marked as registered, and the marks, the signature and the answers are each written by the step
 * that owns them. Every grant below also enters its step into that policy, so that the two cannot differ.
 */
export class ModelBucket extends Construct {
  readonly bucket: IBucket;
  /** The policy in force, or, on an imported bucket, the one that its owner has to put in force. */
  readonly policy: readonly PolicyStatement[];
  readonly #inspectors: string[] = [];
  readonly #markers: string[] = [];
  readonly #publishers: string[] = [];
  readonly #answerers: string[] = [];
  readonly #keyPublishers: string[] = [];

  constructor(scope: Construct, id: string, { existing }: { existing: IBucket | undefined }) {
    super(scope, id);
    this.bucket = existing ?? (new GovernedBucket(this, 'Bucket', { logPrefix: 'models', events: true }) as IBucket);
    this.policy = this.#statements();
    const added = this.policy.map((statement) => this.bucket.addToResourcePolicy(statement).statementAdded);
    if (added.includes(false))
      Annotations.of(this).addWarningV2(
        'clearance:model-bucket-policy',
        'The model bucket is imported, and CDK cannot change its policy: until its owner adds the statements of ' +
          'modelBucketPolicy and turns on EventBridge notifications, uncleared models are readable and no upload is seen.',
      );
  }

  #statements(): PolicyStatement[] {
    const deny = (sid: string, actions: readonly string[], objects: string, conditions: object) =>
      new PolicyStatement({
        sid,
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: [...actions],
        resources: [this.bucket.arnForObjects(objects)],
        conditions,
      });
    const unless = (roles: string[]) => ({
      ArnNotEquals: { 'aws:PrincipalArn': Lazy.list({ produce: () => [...new Set(roles)] }) },
    });
    return [
      deny('NobodyReadsUnclearedBytes', ['s3:GetObject', 's3:GetObjectVersion'], ANY_FILE, {
        StringNotEquals: { [`s3:ExistingObjectTag/${TAG}`]: CLEARED },
        ...unless(this.#inspectors),
      }),
      deny('OnlyVerdictsMarkVersions', MARKING, ANY_FILE, unless(this.#markers)),
      deny('NobodyUploadsMarkedVersions', ['s3:PutObject'], ANY_FILE, {
        Null: { [`s3:RequestObjectTag/${TAG}`]: 'false' },
        ...unless(this.#publishers),
      }),
      deny('OnlyThePublisherPutsSignatures', ['s3:PutObject'], ANY_BUNDLE, unless(this.#publishers)),
      deny('OnlyThePublisherAttests', ['s3:PutObject'], ANY_ATTESTATION, unless(this.#publishers)),
      deny('OnlyThePlaneAnswers', ['s3:PutObject'], ANY_ANSWER, unless(this.#answerers)),
      deny('OnlyThePublisherTellsKeys', ['s3:PutObject'], ANY_KEY_SET, unless(this.#keyPublishers)),
      deny('NobodyHidesKeys', ['s3:DeleteObject'], ANY_KEY_SET, {}),
      ...(groundOf(this).removal === RemovalPolicy.RETAIN
        ? [deny('NobodyDeletesVersions', ['s3:DeleteObjectVersion'], '*', {})]
        : []),
    ];
  }

  /** Names and versions of what was uploaded. */
  grantList(step: GovernedFunction): void {
    allow(step, {
      actions: ['s3:ListBucketVersions'],
      resources: [this.bucket.bucketArn],
      conditions: { StringLike: { 's3:prefix': ANY_FILE } },
    });
  }

  /** The bytes of pinned uploads, cleared or not, and the checksums that S3 stored of them. */
  grantInspect(step: GovernedFunction): void {
    this.#grantRead(step, ANY_FILE, 's3:GetObjectVersion');
  }

  /** Everything that a registered version is, and whether readers get it; puts and deletes nothing. */
  grantVerify(step: GovernedFunction): void {
    this.#grantRead(step, ANY_FILE, 's3:GetObject', 's3:GetObjectVersion');
    this.grantMark(step);
  }

  grantReadManifests(step: GovernedFunction): void {
    this.#grantRead(step, ANY_MANIFEST, 's3:GetObjectVersion');
  }

  #grantRead(step: GovernedFunction, objects: string, ...actions: string[]): void {
    this.#inspectors.push(step.role.roleArn);
    allow(step, { actions, resources: [this.bucket.arnForObjects(objects)], because: UPLOADS });
    // Without it S3 answers that a deleted version is forbidden, not that it is gone.
    allow(step, { actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] });
    useKey(step, this.bucket.encryptionKey, { through: 's3', write: false });
  }

  grantReadMarks(step: GovernedFunction): void {
    allow(step, {
      actions: ['s3:GetObjectVersionTagging'],
      resources: [this.bucket.arnForObjects(ANY_FILE)],
      because: UPLOADS,
    });
  }

  grantMark(step: GovernedFunction): void {
    this.#markers.push(step.role.roleArn);
    this.grantReadMarks(step);
    allow(step, {
      actions: ['s3:PutObjectVersionTagging'],
      resources: [this.bucket.arnForObjects(ANY_FILE)],
      because: UPLOADS,
    });
  }

  /** Puts `model.sig` beside a model, marked from its first moment, and attestations; or reads those that stand. */
  grantPublish(step: GovernedFunction): void {
    this.#publishers.push(step.role.roleArn);
    this.grantMark(step);
    this.#grantRead(step, ANY_BUNDLE, 's3:GetObject', 's3:GetObjectVersion');
    allow(step, {
      actions: ['s3:PutObject', 's3:PutObjectTagging'],
      resources: [this.bucket.arnForObjects(ANY_BUNDLE)],
      because: UPLOADS,
    });
    allow(step, {
      actions: ['s3:GetObject', 's3:PutObject', 's3:PutObjectTagging'],
      resources: [this.bucket.arnForObjects(ANY_ATTESTATION)],
      because: UPLOADS,
    });
    useKey(step, this.bucket.encryptionKey, { through: 's3', write: true });
  }

  grantAnswer(step: GovernedFunction): void {
    this.#answerers.push(step.role.roleArn);
    allow(step, {
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [this.bucket.arnForObjects(ANY_ANSWER)],
      because: UPLOADS,
    });
    useKey(step, this.bucket.encryptionKey, { through: 's3', write: true });
  }

  /** Puts key sets, and reads those that stand. */
  grantPublishKeys(step: GovernedFunction): void {
    this.#keyPublishers.push(step.role.roleArn);
    this.grantReadKeys(step);
    allow(step, {
      actions: ['s3:PutObject'],
      resources: [this.bucket.arnForObjects(ANY_KEY_SET)],
      because: KEY_SETS,
    });
    // Without it S3 answers that a set which is not there yet is forbidden.
    allow(step, { actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] });
    useKey(step, this.bucket.encryptionKey, { through: 's3', write: true });
  }

  /** Reads the key sets of the plane. */
  grantReadKeys(who: IGrantable): void {
    allow(who, { actions: ['s3:GetObject'], resources: [this.bucket.arnForObjects(ANY_KEY_SET)], because: KEY_SETS });
    useKey(who, this.bucket.encryptionKey, { through: 's3', write: false });
  }

  /** Uploads versions of these models and reads their answers; neither marks, signatures nor models. */
  grantSubmit(who: IGrantable, models: readonly string[] | undefined): void {
    const objects = (folder: string) =>
      prefixesOf(models).map((model) => this.bucket.arnForObjects(`${folder}/${model}/*`));
    allow(who, {
      actions: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      resources: objects('models'),
      because: UPLOADS,
    });
    // To go on with an interrupted upload. S3 has no condition on its prefix: who submits one model can see which files
    // of others are on their way, by name; neither their bytes nor a way to touch them.
    allow(who, { actions: ['s3:ListBucketMultipartUploads'], resources: [this.bucket.bucketArn] });
    allow(who, { actions: ['s3:GetObject'], resources: objects('answers'), because: UPLOADS });
    useKey(who, this.bucket.encryptionKey, { through: 's3', write: true });
  }

  /** Reads registered versions, their signatures, attestations and answers. */
  grantRead(who: IGrantable, models: readonly string[] | undefined): void {
    for (const model of prefixesOf(models)) {
      allow(who, {
        actions: ['s3:GetObject', 's3:GetObjectVersion'],
        resources: [this.bucket.arnForObjects(`models/${model}/*`)],
        conditions: { StringEquals: { [`s3:ExistingObjectTag/${TAG}`]: CLEARED } },
        because: UPLOADS,
      });
      allow(who, {
        actions: ['s3:GetObject'],
        resources: [
          this.bucket.arnForObjects(`answers/${model}/*`),
          this.bucket.arnForObjects(`attestations/${model}/*`),
        ],
        because: UPLOADS,
      });
    }
    useKey(who, this.bucket.encryptionKey, { through: 's3', write: false });
  }
}
