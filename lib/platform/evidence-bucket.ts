import { Lazy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Attempt } from '../../core/intake/contract.ts';
import { useKey } from './data-key.ts';
import { GovernedBucket } from './governed-bucket.ts';
import type { GovernedFunction } from './governed-function.ts';
import { allow } from './permissions.ts';

type KeyOf = (attempt: Attempt) => string;

const SOME_ATTEMPT = { bucket: 'b', model: 'm', version: 'v', id: 'i', manifest: 'i', look: 0, lastLook: false };

/** The keys of one kind of document, whatever the attempt: the last segment names the kind. */
export const everyAttempt = (keyOf: KeyOf): string => `intake/*/${keyOf(SOME_ATTEMPT).split('/').at(-1)}`;

const ONE_KIND = 'Keys are made of model, version and attempt; their last segment names the one document.';
const ALL_EVIDENCE = 'A step, or an auditor, may have to read what any step left about any attempt.';

/** Write-once documents about model versions. Each step may put its own kind, and none may replace or delete. */
export class EvidenceBucket extends GovernedBucket {
  readonly #writers: string[] = [];

  constructor(scope: Construct, id: string, { lockDays }: { lockDays: number }) {
    super(scope, id, { logPrefix: 'evidence', ...(lockDays > 0 ? { lockDays } : {}) });
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'OnlyStepsWriteEvidence',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['s3:PutObject'],
        resources: [this.arnForObjects('*')],
        conditions: { ArnNotEquals: { 'aws:PrincipalArn': Lazy.list({ produce: () => this.#writers }) } },
      }),
    );
  }

  grantGet(who: IGrantable): void {
    allow(who, { actions: ['s3:GetObject'], resources: [this.arnForObjects('*')], because: ALL_EVIDENCE });
    // Without it S3 answers that a missing document is forbidden, not that it is missing.
    allow(who, { actions: ['s3:ListBucket'], resources: [this.bucketArn] });
    useKey(who, this.encryptionKey, { through: 's3', write: false });
  }

  /** Every version of every document, and until when it is locked. */
  grantReadHistory(who: IGrantable): void {
    allow(who, {
      actions: ['s3:GetObjectVersion', 's3:GetObjectRetention'],
      resources: [this.arnForObjects('*')],
      because: ALL_EVIDENCE,
    });
    allow(who, { actions: ['s3:ListBucketVersions'], resources: [this.bucketArn] });
  }

  /** Puts objects whose keys match one of `keys`, and gets any. */
  grantKeep(step: GovernedFunction, ...keys: readonly string[]): void {
    this.#writers.push(step.role.roleArn);
    this.grantGet(step);
    allow(step, {
      actions: ['s3:PutObject'],
      resources: keys.map((key) => this.arnForObjects(key)),
      because: ONE_KIND,
    });
    useKey(step, this.encryptionKey, { through: 's3', write: true });
  }
}
