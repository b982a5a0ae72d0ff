import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Architecture } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';

/** Where functions run, when not in Lambda's own network. */
export type Network = { vpc: IVpc; subnets?: SubnetSelection; securityGroups?: ISecurityGroup[] };

/** What every construct of a plane stands on. Laid once, found by every construct below. */
export type Ground = {
  readonly stage: string;
  /** What becomes of data when its resource leaves the template. */
  readonly removal: RemovalPolicy;
  readonly logRetention: RetentionDays;
  readonly architecture: Architecture;
  readonly network: Network | undefined;
  /** Encrypts everything the plane keeps. */
  readonly dataKey: IKey;
  readonly accessLogs: Bucket;
  /** Over which failures are counted before an alarm is raised. */
  readonly alarmPeriod: Duration;
  readonly pages: ITopic;
  readonly tickets: ITopic;
};

const grounds = new WeakMap<IConstruct, Ground>();

export const layGround = (scope: IConstruct, ground: Ground): Ground => {
  grounds.set(scope, ground);
  return ground;
};

/** @throws when no construct above `scope` laid the ground */
export const groundOf = (scope: IConstruct): Ground => {
  for (const above of scope.node.scopes.toReversed()) {
    const ground = grounds.get(above);
    if (ground !== undefined) return ground;
  }
  throw new Error(`${scope.node.path} stands on no ground: create it below a ModelGovernance construct`);
};
