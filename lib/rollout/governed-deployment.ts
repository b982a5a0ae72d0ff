import { Aws, CfnOutput, Stack, Token } from 'aws-cdk-lib';
import { AccountPrincipal, type IGrantable, Role } from 'aws-cdk-lib/aws-iam';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { Deployment, deploymentAddress, deploymentsPath } from '../../core/rollout/contract.ts';

/** What a role in the account of a target is for. */
export type Power = keyof Deployment['roles'];

const pathOf = (stage: string, power: Power): string => `/clearance/${stage}/${power}/`;

/** The roles of every target of a stage, in whatever account they are: what the plane's own functions may assume. */
export const targetRoles = (stage: string, power: Power): string =>
  `arn:${Aws.PARTITION}:iam::*:role${pathOf(stage, power)}*`;

/** Something that serves, whose split between two versions a plane may look at and shift. */
export type GovernedTarget = {
  readonly target: Deployment['target'];
  /** After a shift, until what is served is what was declared. */
  readonly settleSeconds?: number;
  grantLook(who: IGrantable): void;
  /** Looking not included. */
  grantShift(who: IGrantable): void;
};

export type GovernedDeploymentProps = {
  /** Of the plane that governs it: `dev`, `prod`. */
  stage: string;
  /** Unlike that of any other deployment of the plane. */
  name: string;
  model: string;
  /** One of those that the plane's stage lists. */
  environment: string;
  target: GovernedTarget;
  /** What its users may count on; a canary is held against it. */
  objectives?: { availability?: number; slowMs?: number };
  /** Where the plane runs; in the account of this stack when left out. */
  planeAccount?: string;
};

/** @throws naming every property that is wrong */
const parsed = (path: string, document: unknown): Deployment => {
  const read = Deployment.safeParse(document);
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`);
  throw new Error(`${path}: ${faults.join('; ')}`);
};

/**
 * One model in one environment behind one target, made known to a plane, which from then on is the one that moves its
 * traffic. Made in the account of the target. In the plane's own account the plane finds it by itself; from another
 * account its document has to be put into the plane's, as the stack's outputs say.
 */
export class GovernedDeployment extends Construct {
  /** What the plane reads: where the target is, and the roles to reach it by. */
  readonly document: string;
  readonly parameterName: string;
  readonly looker: Role;
  readonly shifter: Role;

  constructor(scope: Construct, id: string, props: GovernedDeploymentProps) {
    super(scope, id);
    const { stage, name, model, environment, target, objectives = {}, planeAccount } = props;
    this.parameterName = deploymentAddress(deploymentsPath(stage), name);
    this.looker = this.#role('Looker', props, 'look');
    this.shifter = this.#role('Shifter', props, 'shift');
    for (const role of [this.looker, this.shifter]) target.grantLook(role);
    target.grantShift(this.shifter);
    const document = parsed(this.node.path, {
      name,
      model,
      environment,
      target: target.target,
      roles: { look: this.looker.roleArn, shift: this.shifter.roleArn },
      objectives,
      settleSeconds: target.settleSeconds ?? 0,
    });
    this.document = Stack.of(this).toJsonString(document);
    this.#makeKnown(planeAccount);
  }

  #role(id: string, { stage, name, planeAccount = Aws.ACCOUNT_ID }: GovernedDeploymentProps, power: Power): Role {
    return new Role(this, id, {
      path: pathOf(stage, power),
      assumedBy: new AccountPrincipal(planeAccount).withConditions({
        StringEquals: { 'sts:ExternalId': this.parameterName },
      }),
      description: `How Clearance ${stage} ${power === 'look' ? 'looks at' : 'shifts'} the deployment ${name}`,
    });
  }

  #makeKnown(planeAccount: string | undefined): void {
    const { account } = Stack.of(this);
    const isForeign = planeAccount !== undefined && (Token.isUnresolved(account) || planeAccount !== account);
    if (isForeign) {
      new CfnOutput(this, 'ParameterName', { value: this.parameterName });
      new CfnOutput(this, 'Document', { value: this.document });
      return;
    }
    new StringParameter(this, 'Parameter', {
      parameterName: this.parameterName,
      stringValue: this.document,
      description: 'A deployment that Clearance governs',
    });
  }
}
