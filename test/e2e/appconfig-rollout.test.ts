import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { beforeAll, describe, expect, test } from 'vitest';
import { WHOLE } from '../../core/rollout/routing-document.ts';
import { GovernedDeployment } from '../../lib/rollout/governed-deployment.ts';
import { GovernedRouting, type RoutedVersion } from '../../lib/rollout/governed-routing.ts';
import { clientOptions } from '../../local/emulator.ts';
import { binomialRange } from '../support/binomial.ts';
import type { Plane } from '../support/flight.ts';
import { eventually, sharedLocalAws } from '../support/local.ts';
import { templateOf } from '../support/plane.ts';
import { ask, registered, requestFor, until } from '../support/rollouts.ts';
import { type Answered, type Place, startRoutedService } from '../support/routed-service.ts';

const ENVIRONMENT = 'staging';
const [FIRST, SECOND] = ['1.0.0', '1.1.0'];

type Servers = { readonly model: string; readonly deployment: string; readonly place: Place };

/** The app of the team that owns the servers: a routing document, and that the plane governs it. */
const theirTemplate = (model: string, deployment: string, versions: readonly RoutedVersion[]): string => {
  const [initial = { version: '', root: '' }] = versions;
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, 'iris-servers', { env: { account: '000000000000', region: 'us-east-1' } });
  const routing = new GovernedRouting(stack, 'Routing', { model, versions, initial, settleSeconds: 2 });
  new GovernedDeployment(stack, 'Iris', {
    stage: 'dev',
    name: deployment,
    model,
    environment: ENVIRONMENT,
    target: routing,
  });
  new CfnOutput(stack, 'Application', { value: routing.applicationId });
  new CfnOutput(stack, 'Environment', { value: routing.environmentId });
  new CfnOutput(stack, 'Profile', { value: routing.profileId });
  const { Resources, Outputs } = templateOf(app, stack);
  return JSON.stringify({ Resources, Outputs });
};

const deployTheirs = async (plane: Plane): Promise<Servers> => {
  const { model, served } = await registered(plane);
  const deployment = `${model}-routed`;
  const versions = served.map(({ version, root }) => ({ version, root }));
  const cloudformation = new CloudFormationClient(clientOptions(plane));
  const TemplateBody = theirTemplate(model, deployment, versions);
  const create = { StackName: deployment, TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM' as const] };
  await cloudformation.send(new CreateStackCommand(create));
  const made = await eventually(`the stack ${deployment}`, async () => {
    const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: deployment }));
    return Stacks?.find(({ StackStatus }) => !StackStatus?.endsWith('_IN_PROGRESS'));
  });
  if (made.StackStatus !== 'CREATE_COMPLETE') throw new Error(`${made.StackStatus}: ${made.StackStatusReason}`);
  const told = (name: string) => made.Outputs?.find(({ OutputKey }) => OutputKey === name)?.OutputValue ?? '';
  const place = { application: told('Application'), environment: told('Environment'), profile: told('Profile') };
  return { model, deployment, place };
};

type Split = { sequence: number; weight: number; asked: number; byVersion: Record<string, number> };

/** What was answered under each document, in the order in which they came. */
const splitsOf = (answers: readonly Answered[]): Split[] => {
  const splits = new Map<number, Split>();
  for (const { sequence, weight, version } of answers) {
    const split = splits.get(sequence) ?? { sequence, weight, asked: 0, byVersion: {} };
    split.asked += 1;
    split.byVersion[version] = (split.byVersion[version] ?? 0) + 1;
    splits.set(sequence, split);
  }
  return [...splits.values()];
};

/** The smaller part of what was answered is as large as exact binomial bounds allow for the weight of the document. */
const isAsDeclared = ({ weight, asked, byVersion }: Split): boolean => {
  const parts = Object.values(byVersion);
  if (weight === 0) return parts.length === 1;
  const [low, high] = binomialRange(asked, weight / WHOLE, 1e-6);
  return parts.some((part) => low <= part && part <= high);
};

const changesIn = (turns: readonly string[]): number =>
  turns.filter((version, turn) => turn > 0 && version !== turns[turn - 1]).length;

describe.each(['plain', 'iam'] as const)('servers that go by a routing document, %s', (kind) => {
  let plane: Plane;
  let servers: Servers;

  beforeAll(async () => {
    plane = await sharedLocalAws(kind);
    servers = await deployTheirs(plane);
  });

  /** Asks as CI does, and waits until the rollout is over, or rests and would wait for a person. */
  const rolledOut = async (version: string | undefined) => {
    const [id = ''] = await ask(plane, requestFor({ ...servers, environment: ENVIRONMENT }, { version }));
    return until(plane, id, ['completed', 'rolled-back', 'refused', 'held']);
  };

  test('roll out to the end, and back from a version that errs; every split is seen in what they answered', async () => {
    await using service = await startRoutedService(plane, servers);

    const healthy = await rolledOut(SECOND);
    expect(healthy).toMatchObject({ phase: 'completed', share: 1 });
    // What a version does before a step counts too if it is in the minute in which the step begins.
    const { sequence } = await eventually('answers by the last document alone', async () => {
      const answer = service.answers.at(-1);
      return answer?.weight === 0 && answer.version === SECOND ? answer : undefined;
    });
    const answeredBy = service.routing.route('eva').version;
    service.break(FIRST ?? '');
    const faulty = await rolledOut(FIRST);
    const last = await eventually('answers by a document without the version that errs', async () => {
      const answer = service.answers.at(-1);
      return answer?.weight === 0 && answer.sequence > sequence ? answer : undefined;
    });

    expect(answeredBy).toBe(SECOND);
    expect({ ...faulty, last }).toMatchObject({ phase: 'rolled-back', share: 0, last: { version: SECOND } });
    expect(faulty.rollback?.reasons.map(({ rule }) => rule)).toContain('rollout.canary-errors');
    const splits = splitsOf(service.answers);
    expect(splits.map(({ weight }) => weight / WHOLE)).toEqual([0, 0.2, 0.5, 0, 0.2, 0]);
    for (const split of splits) expect(split).toSatisfy(isAsDeclared);
    for (const turns of service.returning.values()) expect(changesIn(turns)).toBeLessThanOrEqual(3);
  });
});
