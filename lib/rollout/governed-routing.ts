import { Names, Stack } from 'aws-cdk-lib';
import {
  CfnApplication,
  CfnConfigurationProfile,
  CfnDeployment,
  CfnDeploymentStrategy,
  CfnEnvironment,
  CfnHostedConfigurationVersion,
} from 'aws-cdk-lib/aws-appconfig';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type Deployment, firstRouting } from '../../core/rollout/contract.ts';
import { allow } from '../platform/permissions.ts';
import type { GovernedTarget } from './governed-deployment.ts';

/** One version that servers hold, and the root digest under which it is registered. */
export type RoutedVersion = { readonly version: string; readonly root: string };

export type GovernedRoutingProps = {
  model: string;
  /** What the servers hold and can answer for: at most 16. Add a version here before its rollout. */
  versions: readonly RoutedVersion[];
  /**
   * The version that answers until the first rollout. Only the creation reads it: to change it afterwards is to have
   * CloudFormation move all traffic, past every check.
   */
  initial: RoutedVersion;
  /** How long it may take until every server has polled: 45 s for AppConfig's agent and 15 s for the reader if left out. */
  settleSeconds?: number;
};

const AGENT_AND_READER_SECONDS = 60;

const NUMBERED = 'AppConfig numbers deployments and stored documents as they are made.';

/** An account has twenty strategies at most, so the deployments of a stack share one. */
const atOnce = (scope: Construct): CfnDeploymentStrategy => {
  const stack = Stack.of(scope);
  const id = 'ClearanceRoutingAtOnce';
  const known = stack.node.tryFindChild(id);
  if (known instanceof CfnDeploymentStrategy) return known;
  return new CfnDeploymentStrategy(stack, id, {
    name: `clearance-at-once-${Names.uniqueResourceName(stack, { maxLength: 40 })}`,
    description: 'A rollout decides how slowly a version comes, so its routing document comes at once',
    deploymentDurationInMinutes: 0,
    finalBakeTimeInMinutes: 0,
    growthFactor: 100,
    growthType: 'LINEAR',
    replicateTo: 'NONE',
  });
};

/**
 * A routing document in AppConfig for servers that hold several versions of a model. The template makes the first one;
 * whatever versions are added later, it does not change, so CloudFormation never deploys another: only rollouts do.
 */
export class GovernedRouting extends Construct implements GovernedTarget {
  readonly applicationId: string;
  readonly environmentId: string;
  readonly profileId: string;
  readonly settleSeconds: number;
  readonly target: Deployment['target'];
  readonly #strategyId: string;

  constructor(scope: Construct, id: string, props: GovernedRoutingProps) {
    super(scope, id);
    const { model, versions, initial, settleSeconds = AGENT_AND_READER_SECONDS } = props;
    this.settleSeconds = settleSeconds;
    const name = Names.uniqueResourceName(this, { maxLength: 60 });
    this.applicationId = new CfnApplication(this, 'Application', { name, description: `Routing of ${model}` }).ref;
    const applicationId = this.applicationId;
    this.environmentId = new CfnEnvironment(this, 'Environment', { applicationId, name: 'serving' }).ref;
    this.profileId = new CfnConfigurationProfile(this, 'Profile', {
      applicationId,
      name: 'routing',
      locationUri: 'hosted',
    }).ref;
    this.#strategyId = atOnce(this).ref;
    this.#deployFirst(model, initial);
    this.target = {
      kind: 'appconfig',
      applicationArn: this.#arn(),
      environment: this.environmentId,
      profile: this.profileId,
      strategy: this.#strategyId,
      versions: versions as Extract<Deployment['target'], { kind: 'appconfig' }>['versions'],
    };
  }

  #deployFirst(model: string, initial: RoutedVersion): void {
    const { applicationId, profileId: configurationProfileId } = this;
    const document = new CfnHostedConfigurationVersion(this, 'First', {
      applicationId,
      configurationProfileId,
      contentType: 'application/json',
      content: firstRouting(model, initial),
    });
    new CfnDeployment(this, 'FirstDeployment', {
      applicationId,
      configurationProfileId,
      environmentId: this.environmentId,
      configurationVersion: document.ref,
      deploymentStrategyId: this.#strategyId,
    });
  }

  #arn(...below: readonly string[]): string {
    const path = [this.applicationId, ...below].join('/');
    return Stack.of(this).formatArn({ service: 'appconfig', resource: 'application', resourceName: path });
  }

  get #places(): string[] {
    const environment = ['environment', this.environmentId];
    const profile = ['configurationprofile', this.profileId];
    return [
      this.#arn(),
      this.#arn(...environment),
      this.#arn(...environment, 'deployment', '*'),
      this.#arn(...profile),
      this.#arn(...profile, 'hostedconfigurationversion', '*'),
    ];
  }

  grantLook(who: IGrantable): void {
    allow(who, {
      actions: ['appconfig:GetDeployment', 'appconfig:GetHostedConfigurationVersion', 'appconfig:ListDeployments'],
      resources: this.#places,
      because: NUMBERED,
    });
  }

  grantShift(who: IGrantable): void {
    const strategy = Stack.of(this).formatArn({
      service: 'appconfig',
      resource: 'deploymentstrategy',
      resourceName: this.#strategyId,
    });
    allow(who, {
      actions: ['appconfig:CreateHostedConfigurationVersion', 'appconfig:StartDeployment', 'appconfig:StopDeployment'],
      resources: [...this.#places, strategy],
      because: NUMBERED,
    });
  }

  /** Servers read the document that stands, by AppConfig's agent, its Lambda extension or their own SDK. */
  grantRead(who: IGrantable): void {
    allow(who, {
      actions: ['appconfig:GetLatestConfiguration', 'appconfig:StartConfigurationSession'],
      resources: [this.#arn('environment', this.environmentId, 'configuration', this.profileId)],
    });
  }
}
