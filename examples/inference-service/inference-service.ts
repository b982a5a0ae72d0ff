import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Alias, Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

/** Parts of the SDK are CommonJS and ask for Node's own modules by `require`. */
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export type InferenceServiceProps = {
  /** What the plane calls this place where the model answers. */
  deployment: string;
  model: string;
  /** The version that answers first, and the root digest that the plane signed for it. */
  version: string;
  root: string;
  /** A folder with a folder for each version: what `clearance pull` wrote. */
  versions: string;
  captures: IBucket;
};

/** One model behind one alias. What is published after the first version is moved to by rollouts alone. */
export class InferenceService extends Construct {
  readonly function: NodejsFunction;
  readonly alias: Alias;

  constructor(scope: Construct, id: string, props: InferenceServiceProps) {
    super(scope, id);
    const { deployment, model, version, root, versions, captures } = props;
    if (!existsSync(`${versions}/${version}/manifest.json`))
      throw new Error(`${versions} holds no version ${version} of ${model}`);
    this.function = new NodejsFunction(this, 'Function', {
      description: `${model} at ${deployment}`,
      entry: here('handler.ts'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 512,
      timeout: Duration.seconds(10),
      logGroup: new LogGroup(this, 'Logs', { retention: RetentionDays.ONE_WEEK, removalPolicy: RemovalPolicy.DESTROY }),
      environment: {
        CLEARANCE_MODEL: model,
        CLEARANCE_VERSION: version,
        CLEARANCE_ROOT: root,
        CLEARANCE_DEPLOYMENT: deployment,
        CAPTURE_BUCKET: captures.bucketName,
      },
      bundling: {
        format: OutputFormat.ESM,
        externalModules: [],
        banner: REQUIRE,
        commandHooks: {
          beforeInstall: () => [],
          beforeBundling: () => [],
          afterBundling: (_, output) => [`cp -R "${versions}" "${output}/models"`],
        },
      },
    });
    captures.grantPut(this.function, `captures/${deployment}/*`);
    this.alias = new Alias(this, 'Live', { aliasName: 'live', version: this.function.currentVersion });
  }
}
