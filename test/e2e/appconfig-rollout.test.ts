import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { beforeAll, describe, expect, test } from 'vitest';
import { REQUEST_SOURCE } from '../../core/kernel/contract.ts';
import { RolloutRequested, rollout } from '../../core/rollout/contract.ts';
import { rolloutId } from '../../core/rollout/open-rollout.ts';
import { isOver, RolloutRecord } from '../../core/rollout/record.ts';
import { WHOLE } from '../../core/rollout/routing-document.ts';
import { rolloutKeys } from '../../core/rollout/table.ts';
import { GovernedDeployment } from '../../lib/rollout/governed-deployment.ts';
import { GovernedRouting, type RoutedVersion } from '../../lib/rollout/governed-routing.ts';
import { clientOptions } from '../../local/emulator.ts';
import { binomialRange } from '../support/binomial.ts';
import { type Plane, shippedModel, submit } from '../support/flight.ts';
import { eventually, sharedLocalAws } from '../support/local.ts';
import { templateOf } from '../support/plane.ts';
import { type Answered, type Place, startRoutedService } from '../support/routed-service.ts';

const DEPLOYMENT = 'iris-routed';
const ENVIRONMENT = 'staging';

const { model } = shippedModel('iris-forest', '1.0.0');

/** Registers a version and resolves to the name under which everything else speaks of its bytes. */
const register = async (plane: Plane, version: string): Promise<RoutedVersion> => {
  const { answer } = await submit(plane, { model, version }, shippedModel('iris-forest', version, model).files);
  if (answer.root === undefined) throw new Error(JSON.stringify(answer));
  return { version, root: answer.root };
};

/** What the team deploys that owns the servers: a routing document, and that the plane governs it. */
const deployTheirs = async (plane: Plane, versions: readonly RoutedVersion[]): Promise<Place> => {
  const [initial] = versions;
  if (initial === undefined) throw new Error('nothing to begin with');
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, 'iris-servers', { env: { account: '000000000000', region: 'us-east-1' } });
  const routing = new GovernedRouting(stack, 'Routing', { model, versions, initial, settleSeconds: 2 });
  new GovernedDeployment(stack, 'Iris', {
    stage: 'dev',
    name: DEPLOYMENT,
    model,
    environment: ENVIRONMENT,
    target: routing,
  });
  const outputs = {
    Application: routing.applicationId,
    Environment: routing.environmentId,
    Profile: routing.profileId,
  };
  for (const [id, value] of Object.entries(outputs)) new CfnOutput(stack, id, { value });
  const { Resources, Outputs } = templateOf(app, stack);
  const TemplateBody = JSON.stringify({ Resources, Outputs });
  const cloudformation = new CloudFormationClient(clientOptions(plane));
  const StackName = `${DEPLOYMENT}-${model}`;
  await cloudformation.send(
    new CreateStackCommand({ StackName, TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM'] }),
  );
  const made = await eventually(`the stack ${StackName}`, async () => {
    const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
    return Stacks?.find(({ StackStatus }) => !StackStatus?.endsWith('_IN_PROGRESS'));
  });
  if (made.StackStatus !== 'CREATE_COMPLETE') throw new Error(`${made.StackStatus}: ${made.StackStatusReason}`);
  const told = Object.fromEntries(
    (made.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
  return { application: told.Application ?? '', environment: told.Environment ?? '', profile: told.Profile ?? '' };
};

/** Asks for a rollout as CI does, and waits until it is over, or rests and would wait for a person. */
const rolledOut = async (plane: Plane, version: string): Promise<RolloutRecord> => {
  const detail = RolloutRequested.parse({
    request: `routed ${version} ${Date.now()}`,
    model,
    version,
    environment: ENVIRONMENT,
  });
  const { EventBusName } = plane.outputs;
  const DetailType = rollout.events.requested.type;
  await plane.eventbridge.send(
    new PutEventsCommand({
      Entries: [{ EventBusName, Source: REQUEST_SOURCE, DetailType, Detail: JSON.stringify(detail) }],
    }),
  );
  const id = rolloutId(detail, null);
  return eventually(
    `the end of rollout ${id} of ${version}`,
    async () => {
      const { Item } = await plane.ddb.send(
        new GetItemCommand({
          TableName: plane.outputs.RolloutTableName,
          Key: marshall(rolloutKeys.rollout(id)),
          ConsistentRead: true,
        }),
      );
      const record = Item === undefined ? undefined : RolloutRecord.parse(unmarshall(Item));
      return record !== undefined && (isOver(record) || record.held !== undefined) ? record : undefined;
    },
    { within: 100_000, every: 250 },
  );
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

describe('servers that go by a routing document', () => {
  let plane: Plane;
  let place: Place;

  beforeAll(async () => {
    plane = await sharedLocalAws('plain');
    const versions = [await register(plane, '1.0.0'), await register(plane, '1.1.0')];
    place = await deployTheirs(plane, versions);
  });

  test('are rolled out to the end, and roll back from a version that errs; every split is seen in what they answered', async () => {
    await using service = await startRoutedService(plane, { model, deployment: DEPLOYMENT, place });

    const healthy = await rolledOut(plane, '1.1.0');
    const answeredBy = service.routing.route('eva').version;
    service.break('1.0.0');
    const faulty = await rolledOut(plane, '1.0.0');
    const last = await eventually('answers by a document without the version that errs', async () => {
      const answer = service.answers.at(-1);
      return answer?.weight === 0 ? answer : undefined;
    });

    expect({ ...healthy, answeredBy }).toMatchObject({ phase: 'completed', share: 1, answeredBy: '1.1.0' });
    expect({ ...faulty, last }).toMatchObject({ phase: 'rolled-back', share: 0, last: { version: '1.1.0' } });
    expect(faulty.rollback?.reasons.map(({ rule }) => rule)).toContain('rollout.canary-errors');
    const splits = splitsOf(service.answers);
    expect(splits.map(({ weight }) => weight / WHOLE)).toEqual([0, 0.2, 0.5, 0, 0.2, 0]);
    for (const split of splits) expect(split).toSatisfy(isAsDeclared);
    for (const turns of service.returning.values()) expect(changesIn(turns)).toBeLessThanOrEqual(3);
  });
});
