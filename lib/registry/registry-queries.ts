import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { registryApi } from '../../core/registry/api.ts';
import { registry } from '../../core/registry/contract.ts';
import type { ModelBucket } from '../intake/model-bucket.ts';
import type { EvidenceBucket } from '../platform/evidence-bucket.ts';
import { GovernedFunction } from '../platform/governed-function.ts';
import type { GovernedTable } from '../platform/governed-table.ts';
import type { PlaneApi } from '../platform/plane-api.ts';
import type { Signing } from '../signing/signing.ts';
import { INVERSE_INDEX } from './registry.ts';

export type RegistryQueriesProps = {
  api: PlaneApi;
  registry: GovernedTable;
  attempts: GovernedTable;
  evidence: EvidenceBucket;
  models: ModelBucket;
  signing: Signing;
  /** How versions stood when they were last looked at. */
  verification: GovernedTable;
};

/** What may be asked about models, versions and lineage. */
export class RegistryQueries extends Construct {
  readonly answerQuery: GovernedFunction;
  readonly #api: PlaneApi;

  constructor(scope: Construct, id: string, props: RegistryQueriesProps) {
    super(scope, id);
    const { api, attempts, evidence, models, registry: versions, signing, verification } = props;
    this.#api = api;
    this.answerQuery = new GovernedFunction(this, 'AnswerQuery', {
      entry: 'registry/answer-query',
      contract: registry.reactors.answerQuery,
      env: {
        REGISTRY_TABLE: versions.tableName,
        INTAKE_TABLE: attempts.tableName,
        VERIFICATION_TABLE: verification.tableName,
        EVIDENCE_BUCKET: evidence.bucketName,
        MODEL_BUCKET: models.bucket.bucketName,
        SIGNING_KEY_ARN: signing.key.keyArn,
      },
      memory: 1024,
    });
    versions.grantLook(this.answerQuery, { index: INVERSE_INDEX });
    attempts.grantLook(this.answerQuery);
    verification.grantLook(this.answerQuery);
    evidence.grantGet(this.answerQuery);
    signing.grantReadPublicKey(this.answerQuery);
    api.serve(registryApi, this.answerQuery);
  }

  /** Every question about these models, and those that are about none; about all models when left out. */
  grantAsk(who: IGrantable, models?: readonly string[]): void {
    this.#api.grantAsk(who, registryApi, models === undefined ? {} : { model: models });
  }
}
