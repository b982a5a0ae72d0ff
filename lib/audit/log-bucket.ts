import { Lazy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { CHECKPOINT, WRITTEN_ONCE } from '../../core/audit/contract.ts';
import { useKey } from '../platform/data-key.ts';
import { GovernedBucket } from '../platform/governed-bucket.ts';
import type { GovernedFunction } from '../platform/governed-function.ts';
import { allow } from '../platform/permissions.ts';
import type { StageConfig } from '../stage.ts';

export type LogBucketProps = StageConfig['audit'] & { readonly logPrefix: string; readonly events?: boolean };

const TILES = 'Paths are numbers of tiles and batches, which grow with the log.';

/**
 * A log as objects that are written once: by one function, each where none stands, and only the checkpoint is replaced.
 * The lock keeps every version of every object, whoever may delete.
 */
export class LogBucket extends GovernedBucket {
  readonly #writers: string[] = [];

  constructor(scope: Construct, id: string, { lockDays, lockMode, logPrefix, events = false }: LogBucketProps) {
    super(scope, id, { logPrefix, events, ...(lockDays > 0 ? { lockDays, lockMode } : {}) });
    const writers = Lazy.list({ produce: () => this.#writers });
    const deny = (sid: string, statement: { actions: string[]; resources: string[]; conditions: object }) =>
      this.addToResourcePolicy(
        new PolicyStatement({ sid, effect: Effect.DENY, principals: [new AnyPrincipal()], ...statement }),
      );
    deny('OnlyTheLogWrites', {
      actions: ['s3:PutObject', 's3:DeleteObject'],
      resources: [this.arnForObjects('*')],
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': writers } },
    });
    deny('EachObjectOnce', {
      actions: ['s3:PutObject'],
      resources: WRITTEN_ONCE.map((path) => this.arnForObjects(path)),
      conditions: { Null: { 's3:if-none-match': 'true' } },
    });
  }

  /** Any object, by its path. */
  grantGet(who: IGrantable): void {
    allow(who, { actions: ['s3:GetObject'], resources: [this.arnForObjects('*')], because: TILES });
    // Without it S3 answers that a missing tile is forbidden, not that it is missing.
    allow(who, { actions: ['s3:ListBucket'], resources: [this.bucketArn] });
    useKey(who, this.encryptionKey, { through: 's3', write: false });
  }

  /** Every version of every object, delete markers included: what was hidden is still there. */
  grantReadHistory(who: IGrantable): void {
    allow(who, {
      actions: ['s3:GetObjectVersion', 's3:GetObjectRetention'],
      resources: [this.arnForObjects('*')],
      because: TILES,
    });
    allow(who, { actions: ['s3:ListBucketVersions'], resources: [this.bucketArn] });
  }

  /** Writes the log, and reads it. */
  grantAppend(step: GovernedFunction): void {
    this.#writers.push(step.role.roleArn);
    this.grantGet(step);
    allow(step, {
      actions: ['s3:PutObject'],
      resources: [...WRITTEN_ONCE, CHECKPOINT].map((path) => this.arnForObjects(path)),
      because: TILES,
    });
    useKey(step, this.encryptionKey, { through: 's3', write: true });
  }
}
