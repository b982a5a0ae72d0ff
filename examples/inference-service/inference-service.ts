import { fileURLToPath } from 'node:url';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { ModelGovernance } from '../../lib/model-governance.ts';
import { GovernedAlias, publishServing } from '../../lib/rollout/governed-alias.ts';
import { GovernedDeployment } from '../../lib/rollout/governed-deployment.ts';

export type InferenceServiceProps = {
  plane: ModelGovernance;
  /** What the plane calls this place where the model answers. */
  deployment: string;
  /** One of those that the plane's stage lists. */
  environment: string;
  model: string;
  /** What is published now, with the root digest that `clearance pull` printed. */
  version: string;
  root: string;
  /** A folder with a folder for each version: what `clearance pull` wrote. */
  versions: string;
};

/** Parts of the SDK are CommonJS and ask for Node's own modules by `require`. */
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** One model behind one alias. What is published later gets its requests by rollouts alone. */
export class InferenceService extends Construct {
  readonly function: NodejsFunction;
  readonly alias: GovernedAlias;

  constructor(scope: Construct, id: string, props: InferenceServiceProps) {
    super(scope, id);
    const { plane, deployment, environment, model, version, root } = props;
    this.function = this.#function(props);
    plane.grantPublish(this.function, { models: [model] });
    this.alias = new GovernedAlias(this, 'Live', { version: publishServing(this.function, { model, version, root }) });
    new GovernedDeployment(this, 'Deployment', {
      stage: plane.config.stage,
      name: deployment,
      model,
      environment,
      target: this.alias,
      objectives: { availability: 0.99, slowMs: 500 },
    });
  }

  #function({ plane, deployment, model, versions }: InferenceServiceProps): NodejsFunction {
    return new NodejsFunction(this, 'Function', {
      description: `${model} at ${deployment}`,
      entry: here('handler.ts'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 512,
      timeout: Duration.seconds(10),
      logGroup: new LogGroup(this, 'Logs', { retention: RetentionDays.ONE_WEEK, removalPolicy: RemovalPolicy.DESTROY }),
      environment: { CLEARANCE_DEPLOYMENT: deployment, CAPTURE_BUCKET: plane.telemetry.captures.bucketName },
      bundling: {
        format: OutputFormat.ESM,
        externalModules: [],
        banner: REQUIRE,
        commandHooks: {
          beforeInstall: () => [],
          beforeBundling: () => [],
          // The bytes travel with the code that runs them.
          afterBundling: (_, output) => [`cp -R "${versions}" "${output}/models"`],
        },
      },
    });
  }
}
