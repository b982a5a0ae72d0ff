import { randomUUID } from 'node:crypto';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { GetAliasCommand, UpdateAliasCommand } from '@aws-sdk/client-lambda';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { DefaultStackSynthesizer, type IStackSynthesizer, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Deployment, deploymentAddress, deploymentsPath } from '../../core/rollout/contract.ts';
import { GovernedAlias, publishServing, type Served } from '../../lib/rollout/governed-alias.ts';
import { GovernedDeployment } from '../../lib/rollout/governed-deployment.ts';
import { clientOptions } from '../../local/emulator.ts';
import type { Plane } from './flight.ts';
import { eventually } from './local.ts';
import { templateOf, unbundledApp } from './plane.ts';

export type Serving = { readonly deployment: string; readonly functionName: string; readonly alias: string };

const ALIAS = 'live';

/** A team's own app: a function that serves one version of a model, governed by the local plane. */
const templateFor = (name: string, served: Served, environment: string) => {
  const app = unbundledApp();
  const synthesizer = new DefaultStackSynthesizer({ generateBootstrapVersionRule: false });
  const stack = new Stack(app, name, { synthesizer: synthesizer as IStackSynthesizer });
  const serving = new LambdaFunction(stack, 'Serving', {
    functionName: name,
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = async () => process.env.CLEARANCE_VERSION;'),
  });
  const version = publishServing(serving, served);
  new GovernedDeployment(stack, 'Deployment', {
    stage: 'dev',
    name,
    model: served.model,
    environment,
    target: new GovernedAlias(stack, 'Alias', { version, aliasName: ALIAS }),
  });
  return JSON.stringify(templateOf(app, stack));
};

const settled = (cloudformation: CloudFormationClient, StackName: string) =>
  eventually(`stack ${StackName} to settle`, async () => {
    const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
    const found = Stacks?.find(({ StackStatus }) => !StackStatus?.endsWith('_IN_PROGRESS'));
    if (found !== undefined && !/^(CREATE|UPDATE)_COMPLETE$/.test(found.StackStatus ?? ''))
      throw new Error(`${StackName}: ${found.StackStatus} ${found.StackStatusReason}`);
    return found;
  });

/** Deploys each version in turn, as a team does: the first is what the alias serves, the others are published only. */
export const serve = async (
  plane: Plane,
  deployment: string,
  versions: readonly Served[],
  environment = 'production',
): Promise<Serving> => {
  const cloudformation = new CloudFormationClient(clientOptions(plane));
  for (const [at, served] of versions.entries()) {
    const stack = {
      StackName: deployment,
      TemplateBody: templateFor(deployment, served, environment),
      Capabilities: ['CAPABILITY_NAMED_IAM' as const],
    };
    await cloudformation.send(at === 0 ? new CreateStackCommand(stack) : new UpdateStackCommand(stack));
    await settled(cloudformation, deployment);
  }
  return { deployment, functionName: deployment, alias: ALIAS };
};

export type Reached = { readonly parameter: string; readonly look: string; readonly shift: string };

/** How the plane reaches it. */
const reachOf = async (plane: Plane, { deployment }: Serving): Promise<Reached> => {
  const parameter = deploymentAddress(deploymentsPath('dev'), deployment);
  const { Parameter } = await plane.ssm.send(new GetParameterCommand({ Name: parameter }));
  return { parameter, ...Deployment.parse(JSON.parse(Parameter?.Value ?? '')).roles };
};

/** Of a model that nobody registered: something to try one's hands at. */
export const serveProbe = async (plane: Plane): Promise<Reached> => {
  const probe = { model: 'probe', version: '1.0.0', root: `sha256:${'0'.repeat(64)}` };
  return reachOf(plane, await serve(plane, `probe-${randomUUID().slice(0, 8)}`, [probe]));
};

export const aliasOf = (plane: Plane, { functionName, alias }: Serving) =>
  plane.lambda.send(new GetAliasCommand({ FunctionName: functionName, Name: alias }));

/** Of requests, to the newer of two versions. */
export const shareServed = async (plane: Plane, serving: Serving): Promise<number> => {
  const { FunctionVersion, RoutingConfig } = await aliasOf(plane, serving);
  if (FunctionVersion === '2') return 1;
  return RoutingConfig?.AdditionalVersionWeights?.['2'] ?? 0;
};

/** What somebody does past the plane. */
export const moveByHand = (plane: Plane, { functionName, alias }: Serving, share: number) =>
  plane.lambda.send(
    new UpdateAliasCommand({
      FunctionName: functionName,
      Name: alias,
      FunctionVersion: '1',
      RoutingConfig: { AdditionalVersionWeights: share === 0 ? {} : { '2': share } },
    }),
  );
