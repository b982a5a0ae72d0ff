import { Aws, Duration, Fn } from 'aws-cdk-lib';
import { type CfnStage, HttpApi, HttpMethod, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { api } from '../../core/registry/api.ts';
import { registry } from '../../core/registry/contract.ts';
import type { ModelBucket } from '../intake/model-bucket.ts';
import type { EvidenceBucket } from '../platform/evidence-bucket.ts';
import { GovernedFunction } from '../platform/governed-function.ts';
import type { GovernedTable } from '../platform/governed-table.ts';
import { groundOf } from '../platform/ground.ts';
import { PagingAlarm } from '../platform/paging-alarm.ts';
import { allow } from '../platform/permissions.ts';
import type { Signing } from '../signing/signing.ts';
import { INVERSE_INDEX } from './registry.ts';

export type RegistryApiProps = {
  registry: GovernedTable;
  attempts: GovernedTable;
  evidence: EvidenceBucket;
  models: ModelBucket;
  signing: Signing;
};

const PATHS = 'Model and version are part of the path; any version may be asked about.';

/** What may be asked over HTTP. IAM says who asks, and every request is logged with its caller. */
export class RegistryApi extends Construct {
  readonly url: string;
  readonly answerQuery: GovernedFunction;
  readonly #api: HttpApi;

  constructor(scope: Construct, id: string, props: RegistryApiProps) {
    super(scope, id);
    this.answerQuery = this.#answerQuery(props);
    this.#api = new HttpApi(this, 'Api', {
      description: 'Clearance: models, versions, lineage',
      defaultAuthorizer: new HttpIamAuthorizer(),
      createDefaultStage: false,
    });
    const integration = new HttpLambdaIntegration('AnswerQuery', this.answerQuery.function);
    for (const { path } of Object.values(api)) this.#api.addRoutes({ path, methods: [HttpMethod.GET], integration });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.#api,
      autoDeploy: true,
      throttle: { rateLimit: 50, burstLimit: 100 },
    });
    this.#logAccess(stage);
    this.url = this.#api.apiEndpoint;
    new PagingAlarm(this, 'QueriesFail', {
      symptom: 'The API answers with errors: the CLI and CI cannot read the registry.',
      runbook: 'registry#queries-fail',
      severity: 'ticket',
      metric: this.#api.metricServerError({ statistic: 'Sum', period: Duration.minutes(5) }),
      threshold: 3,
    });
  }

  #answerQuery({ attempts, evidence, models, registry: versions, signing }: RegistryApiProps): GovernedFunction {
    const reactor = new GovernedFunction(this, 'AnswerQuery', {
      entry: 'registry/answer-query',
      contract: registry.reactors.answerQuery,
      env: {
        REGISTRY_TABLE: versions.tableName,
        INTAKE_TABLE: attempts.tableName,
        EVIDENCE_BUCKET: evidence.bucketName,
        MODEL_BUCKET: models.bucket.bucketName,
        SIGNING_KEY_ARN: signing.key.keyArn,
      },
      memory: 1024,
    });
    versions.grantLook(reactor, { index: INVERSE_INDEX });
    attempts.grantLook(reactor);
    evidence.grantGet(reactor);
    signing.grantReadPublicKey(reactor);
    return reactor;
  }

  #logAccess(stage: HttpStage): void {
    const { stage: name, logRetention, removal } = groundOf(this);
    const logs = new LogGroup(this, 'AccessLogs', {
      logGroupName: `/aws/vendedlogs/apis/clearance-${name}-${Fn.select(2, Fn.split('/', Aws.STACK_ID))}`,
      retention: logRetention,
      removalPolicy: removal,
    });
    const cfnStage = stage.node.defaultChild as CfnStage;
    cfnStage.accessLogSettings = {
      destinationArn: logs.logGroupArn,
      format: JSON.stringify({
        requestId: '$context.requestId',
        time: '$context.requestTime',
        caller: '$context.identity.userArn',
        route: '$context.routeKey',
        path: '$context.path',
        status: '$context.status',
        error: '$context.error.message',
        latency: '$context.responseLatency',
      }),
    };
  }

  /** Every question about these models, and those that are about none; about all models when left out. */
  grantQuery(who: IGrantable, models: readonly string[] = ['*']): void {
    const paths = Object.values(api).flatMap(({ path }) => models.map((model) => path.replace('{model}', model)));
    const resources = [...new Set(paths)].map((path) =>
      this.#api.arnForExecuteApi('GET', path.replace(/\{[a-z]+\}/g, '*'), '$default'),
    );
    allow(who, { actions: ['execute-api:Invoke'], resources, because: PATHS });
  }
}
