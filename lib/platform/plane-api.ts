import { Aws, Duration, Fn } from 'aws-cdk-lib';
import { type CfnStage, HttpApi, HttpMethod, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Route, Routes } from '../../core/kernel/api.ts';
import type { GovernedFunction } from './governed-function.ts';
import { groundOf } from './ground.ts';
import { PagingAlarm } from './paging-alarm.ts';
import { allow } from './permissions.ts';

/** Values for the names in a path; a name that is left out may have any. */
export type NamedOnly = Readonly<Record<string, readonly string[]>>;

const PATHS = 'What is asked about is part of the path; whatever is not named in the grant may be asked about.';

const NAME = /\{([a-z]+)\}/;

/** Every path that a route has with these values. */
const pathsOf = (path: string, only: NamedOnly): string[] => {
  const [placeholder, name = ''] = NAME.exec(path) ?? [];
  if (placeholder === undefined) return [path];
  return (only[name] ?? ['*']).flatMap((value) => pathsOf(path.replace(placeholder, value), only));
};

/** The plane's one HTTP API. IAM says who asks, and every request is logged with its caller. */
export class PlaneApi extends Construct {
  readonly url: string;
  readonly #api: HttpApi;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.#api = new HttpApi(this, 'Api', {
      description: 'Clearance: what the plane answers, and the acts of people',
      defaultAuthorizer: new HttpIamAuthorizer(),
      createDefaultStage: false,
    });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.#api,
      autoDeploy: true,
      throttle: { rateLimit: 50, burstLimit: 100 },
    });
    this.#logAccess(stage);
    this.url = this.#api.apiEndpoint;
    new PagingAlarm(this, 'RequestsFail', {
      symptom: 'The API answers with errors: people and CI cannot ask the plane, and what they order is not done.',
      runbook: 'api#requests-fail',
      severity: 'ticket',
      metric: this.#api.metricServerError({ statistic: 'Sum', period: Duration.minutes(5) }),
      threshold: 3,
    });
  }

  /** The routes of a capability, answered by one function. */
  serve(routes: Routes, reactor: GovernedFunction): void {
    // One permission for this API, not one for each route: it has no other routes than these to call a function by.
    const integration = new HttpLambdaIntegration(reactor.node.id, reactor.function, { scopePermissionToRoute: false });
    for (const { method, path } of Object.values(routes))
      this.#api.addRoutes({ path, methods: [HttpMethod[method]], integration });
  }

  /** Lets somebody call these routes and no others: each by its method and its path. */
  grantAsk(who: IGrantable, routes: Routes | readonly Route[], only: NamedOnly = {}): void {
    const arns = Object.values(routes).flatMap(({ method, path }: Route) =>
      pathsOf(path, only).map((exact) => this.#api.arnForExecuteApi(method, exact, '$default')),
    );
    allow(who, { actions: ['execute-api:Invoke'], resources: [...new Set(arns)], because: PATHS });
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
}
