import { existsSync } from 'node:fs';
import { Duration, Stack, Token } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type IGrantable, type IPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EnvContract, EnvStrings } from '../../core/kernel/contract.ts';
import { groundOf, type Network } from './ground.ts';
import { fromPackageRoot } from './package-root.ts';
import { accept, allow } from './permissions.ts';

export type GovernedFunctionProps<Env extends EnvContract> = {
  /** `<capability>/<verb-noun>`, as in functions/ and dist/. */
  entry: `${string}/${string}`;
  contract: { readonly env: Env };
  /** Every name of the contract and no other; anything else does not compile. */
  env: EnvStrings<NoInfer<Env>>;
  /** MiB. CPU comes with it: one core at 1769. */
  memory?: number;
  timeout?: Duration;
};

/** Names that Lambda sets itself, or that change how Node runs before any handler is asked. */
const RESERVED = /^(?:AWS_|LAMBDA_|_|NODE_OPTIONS$|PATH$|TZ$)/;

const checkedEnv = <Env extends EnvContract>(
  path: string,
  contract: { readonly env: Env },
  env: EnvStrings<Env>,
): Record<string, string> => {
  const values = env as Record<string, string>;
  for (const [name, schema] of Object.entries(contract.env.shape)) {
    if (RESERVED.test(name)) throw new Error(`${path}: ${name} is reserved to Lambda or Node`);
    const value = values[name];
    if (value === undefined) throw new Error(`${path}: the environment lacks ${name}`);
    if (Token.isUnresolved(value)) continue;
    const parsed = schema.safeParse(value);
    if (!parsed.success) throw new Error(`${path}: ${name}: ${parsed.error.issues[0]?.message}`);
  }
  const extra = Object.keys(values).find((name) => !(name in contract.env.shape));
  if (extra !== undefined) throw new Error(`${path}: the contract has no ${extra}`);
  return values;
};

/** The built handler; without bundling (`aws:cdk:bundling-stacks` is empty) a stand-in that says so. */
const codeOf = (scope: Construct, entry: string): Code => {
  if (!Stack.of(scope).bundlingRequired)
    return Code.fromInline(`exports.handler = async () => { throw new Error('${entry} was not bundled'); };`);
  const folder = fromPackageRoot('dist', entry);
  if (!existsSync(folder)) throw new Error(`${entry} is not built: run "npm run build" in ${fromPackageRoot()}`);
  return Code.fromAsset(folder);
};

const placement = ({ vpc, subnets, securityGroups }: Network) => ({
  vpc,
  ...(subnets === undefined ? {} : { vpcSubnets: subnets }),
  ...(securityGroups === undefined ? {} : { securityGroups }),
});

/** A Lambda function with its own role, its own log group, tracing, and the environment its contract names. */
export class GovernedFunction<Env extends EnvContract = EnvContract> extends Construct implements IGrantable {
  readonly entry: string;
  readonly role: Role;
  readonly function: LambdaFunction;
  readonly logs: LogGroup;
  readonly timeout: Duration;

  constructor(scope: Construct, id: string, props: GovernedFunctionProps<Env>) {
    super(scope, id);
    const { entry, contract, env, memory = 512, timeout = Duration.seconds(30) } = props;
    const { architecture, logRetention, network, removal } = groundOf(this);
    this.entry = entry;
    this.timeout = timeout;
    this.logs = new LogGroup(this, 'Logs', { retention: logRetention, removalPolicy: removal });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${entry} may do`,
    });
    this.function = new LambdaFunction(this, 'Function', {
      description: entry,
      runtime: Runtime.NODEJS_24_X,
      architecture,
      handler: 'index.handler',
      code: codeOf(this, entry),
      environment: checkedEnv(this.node.path, contract, env),
      memorySize: memory,
      timeout,
      role: this.role,
      logGroup: this.logs,
      tracing: Tracing.ACTIVE,
      ...(network === undefined ? {} : placement(network)),
    });
    allow(this, { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [this.logs.logGroupArn] });
    accept(this, 'IAM5[Resource::*]', UNNAMEABLE);
    if (network !== undefined) allow(this, { actions: NETWORK_INTERFACES, resources: ['*'], because: UNNAMEABLE });
  }

  get grantPrincipal(): IPrincipal {
    return this.role;
  }

  get arn(): string {
    return this.function.functionArn;
  }

  grantReadLogs(who: IGrantable): void {
    allow(who, {
      actions: ['logs:FilterLogEvents', 'logs:GetLogEvents', 'logs:StartQuery'],
      resources: [this.logs.logGroupArn],
    });
  }

  /** Calls that ended in an error, per five minutes. */
  metricErrors(): Metric {
    return this.function.metricErrors({ statistic: 'Sum', period: Duration.minutes(5) });
  }
}

const UNNAMEABLE =
  'X-Ray segments and the network interfaces of a function in a VPC have no ARN to name; neither action reads data.';

const NETWORK_INTERFACES = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];
