import { RemovalPolicy } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { CfnAlias, type Function as LambdaFunction, type Version } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { Digest } from '../../core/kernel/digest.ts';
import { ModelId, VersionId } from '../../core/kernel/identity.ts';
import type { Deployment } from '../../core/rollout/contract.ts';
import { allow } from '../platform/permissions.ts';
import type { GovernedTarget } from './governed-deployment.ts';

export type Served = {
  readonly model: string;
  readonly version: string;
  /** Of the registered version: `clearance status MODEL VERSION` prints it. */
  readonly root: string;
};

/**
 * Publishes a version of a function that names what it serves; rollouts find it by these names and refuse one whose root
 * digest is not that of the registered version. Versions that are no longer in the template stay: one of them may be
 * what serves, or what a rollout goes back to.
 */
export const publishServing = (serving: LambdaFunction, { model, version, root }: Served): Version => {
  serving.addEnvironment('CLEARANCE_MODEL', ModelId.parse(model));
  serving.addEnvironment('CLEARANCE_VERSION', VersionId.parse(version));
  serving.addEnvironment('CLEARANCE_ROOT', Digest.parse(root));
  const published = serving.currentVersion;
  published.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return published;
};

export type GovernedAliasProps = {
  /** What is published now; see `publishServing`. */
  version: Version;
  aliasName?: string;
  /**
   * The version that serves until the first rollout. Only the creation of the alias reads it: to change it afterwards
   * is to have CloudFormation move all traffic, past every check.
   */
  initialVersion?: string;
};

const VERSIONS = 'Versions are numbered by Lambda as they are published; the alias may point at any of them.';

/**
 * The alias that callers invoke. Its template never changes, whatever is published, so CloudFormation never touches it
 * again after creation: only rollouts move it.
 */
export class GovernedAlias extends Construct implements GovernedTarget {
  readonly aliasName: string;
  /** What callers invoke. */
  readonly aliasArn: string;
  readonly target: Deployment['target'];
  readonly #functionArn: string;

  constructor(scope: Construct, id: string, props: GovernedAliasProps) {
    super(scope, id);
    const { version, aliasName = 'live', initialVersion = '1' } = props;
    if (!/^[1-9][0-9]*$/.test(initialVersion))
      throw new Error(`${this.node.path}: initialVersion: found ${initialVersion}; allowed: the number of a version`);
    this.#functionArn = version.lambda.functionArn;
    this.aliasName = aliasName;
    this.aliasArn = `${this.#functionArn}:${aliasName}`;
    const alias = new CfnAlias(this, 'Alias', {
      functionName: version.lambda.functionName,
      functionVersion: initialVersion,
      name: aliasName,
    });
    // Only for the order: a reference to the version would change with each one that is published.
    alias.node.addDependency(version);
    this.target = { kind: 'lambda-alias', functionArn: this.#functionArn, alias: aliasName };
  }

  grantLook(who: IGrantable): void {
    allow(who, {
      actions: ['lambda:GetAlias', 'lambda:GetFunctionConfiguration', 'lambda:ListVersionsByFunction'],
      resources: [this.#functionArn, `${this.#functionArn}:*`],
      because: VERSIONS,
    });
  }

  grantShift(who: IGrantable): void {
    allow(who, { actions: ['lambda:UpdateAlias'], resources: [this.#functionArn] });
  }
}
