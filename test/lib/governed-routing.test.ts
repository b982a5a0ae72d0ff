import { Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { Deployment } from '../../core/rollout/contract.ts';
import { readRoutingDocument } from '../../core/rollout/routing-document.ts';
import { GovernedDeployment } from '../../lib/rollout/governed-deployment.ts';
import { GovernedRouting, type GovernedRoutingProps } from '../../lib/rollout/governed-routing.ts';
import { may } from '../support/iam.ts';
import { findResource, printed, resourcesOf, templateOf, unbundledApp } from '../support/plane.ts';

const one = { version: '1.0.0', root: `sha256:${'a'.repeat(64)}` };
const two = { version: '2.0.0', root: `sha256:${'b'.repeat(64)}` };

/** A team's own app: servers that hold versions of a model, behind a routing document that the plane `prod` governs. */
const theirs = (more: Partial<GovernedRoutingProps> = {}) => {
  const app = unbundledApp();
  const stack = new Stack(app, 'theirs', { env: { account: '111122223333', region: 'eu-central-1' } });
  const routing = new GovernedRouting(stack, 'Routing', { model: 'fraud', versions: [one], initial: one, ...more });
  const deployment = new GovernedDeployment(stack, 'Fraud', {
    stage: 'prod',
    name: 'fraud-prod',
    model: 'fraud',
    environment: 'production',
    target: routing,
  });
  const servers = new Role(stack, 'Servers', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  routing.grantRead(servers);
  return { app, stack, routing, deployment, template: templateOf(app, stack) };
};

const appConfigIn = ({ template }: ReturnType<typeof theirs>) =>
  Object.entries(template.Resources).filter(([, { Type }]) => Type.startsWith('AWS::AppConfig::'));

test('the plane is told where the document is, what servers can answer for, and how long they may take to hear', () => {
  const { template } = theirs({ versions: [one, two] });
  const [, { Properties }] = findResource(template, 'AWS::SSM::Parameter', 'Fraud');

  const document = Deployment.parse(JSON.parse(printed(Properties.Value)));

  expect(document).toMatchObject({
    target: { kind: 'appconfig', versions: [one, two] },
    settleSeconds: 60,
  });
});

test('until the first rollout one version answers everything', () => {
  const { template } = theirs();
  const [, { Properties }] = findResource(template, 'AWS::AppConfig::HostedConfigurationVersion', 'Routing');

  const document = readRoutingDocument(String(Properties.Content));

  expect(document).toEqual({
    schema_version: 1,
    model: 'fraud',
    sequence: 1,
    versions: [{ ...one, weight: 1_000_000 }],
  });
});

test('another version to offer changes nothing in AppConfig, so that CloudFormation never deploys a document again', () => {
  const [before, after] = [theirs(), theirs({ versions: [one, two] })].map(appConfigIn);

  expect(before).toHaveLength(6);
  expect(after).toEqual(before);
});

test('a document comes at once, and all deployments of a stack share the strategy, of which an account has twenty', () => {
  const app = unbundledApp();
  const stack = new Stack(app, 'theirs');
  for (const model of ['fraud', 'churn']) new GovernedRouting(stack, model, { model, versions: [one], initial: one });

  const strategies = resourcesOf(templateOf(app, stack), 'AWS::AppConfig::DeploymentStrategy');

  expect(strategies.map(([, { Properties }]) => Properties)).toMatchObject([
    { DeploymentDurationInMinutes: 0, FinalBakeTimeInMinutes: 0, GrowthFactor: 100, ReplicateTo: 'NONE' },
  ]);
});

test('the looker looks, only the shifter shifts, servers read, and nobody does anything else', () => {
  const { template } = theirs();
  const idOf = (type: string, part = 'Routing') => `<${findResource(template, type, part)[0]}>`;
  const application = `arn:<AWS::Partition>:appconfig:eu-central-1:111122223333:application/${idOf('AWS::AppConfig::Application')}`;
  const environment = `${application}/environment/${idOf('AWS::AppConfig::Environment')}`;
  const profile = `${application}/configurationprofile/${idOf('AWS::AppConfig::ConfigurationProfile')}`;
  const strategy = `arn:<AWS::Partition>:appconfig:eu-central-1:111122223333:deploymentstrategy/${idOf('AWS::AppConfig::DeploymentStrategy', 'AtOnce')}`;
  const served = `${environment}/configuration/${idOf('AWS::AppConfig::ConfigurationProfile')}`;
  const asked = {
    list: { action: 'appconfig:ListDeployments', resource: environment },
    look: { action: 'appconfig:GetDeployment', resource: `${environment}/deployment/7` },
    read: { action: 'appconfig:GetHostedConfigurationVersion', resource: `${profile}/hostedconfigurationversion/7` },
    store: { action: 'appconfig:CreateHostedConfigurationVersion', resource: profile },
    start: { action: 'appconfig:StartDeployment', resource: environment },
    'at once': { action: 'appconfig:StartDeployment', resource: strategy },
    stop: { action: 'appconfig:StopDeployment', resource: `${environment}/deployment/7` },
    poll: { action: 'appconfig:GetLatestConfiguration', resource: served },
    'start in another': { action: 'appconfig:StartDeployment', resource: `${application}x/environment/e` },
    'start slowly': { action: 'appconfig:StartDeployment', resource: `${strategy}x` },
    'change the strategy': { action: 'appconfig:UpdateDeploymentStrategy', resource: strategy },
    'delete the document': { action: 'appconfig:DeleteHostedConfigurationVersion', resource: profile },
  };
  const powers = (role: string) => {
    const [id] = findResource(template, 'AWS::IAM::Role', role);
    return Object.entries(asked).flatMap(([name, request]) => (may(template, id, request) ? [name] : []));
  };

  expect(powers('Looker')).toEqual(['list', 'look', 'read']);
  expect(powers('Shifter')).toEqual(['list', 'look', 'read', 'store', 'start', 'at once', 'stop']);
  expect(powers('Servers')).toEqual(['poll']);
});

test.each<[string, Partial<GovernedRoutingProps>, RegExp]>([
  ['root digest of the first version', { initial: { ...one, root: 'sha256:abc' } }, /versions\.0\.root: found/],
  ['root digest of an offer', { versions: [{ ...two, root: 'abc' }] }, /target\.versions\.0\.root: expected sha256:/],
  ['number of offers', { versions: Array.from({ length: 17 }, () => one) }, /target\.versions: Too big/],
  ['time to settle', { settleSeconds: -1 }, /settleSeconds: Too small/],
])('a wrong %s is told when the app is made', (_, more, message) => {
  expect(() => theirs(more)).toThrow(message);
});

test('AwsSolutions finds nothing about a routing document that has no written reason', () => {
  const { app, stack } = theirs();

  const { violations } = new AwsSolutionsChecks(app).validateScope(stack);

  expect(violations).toEqual([]);
});
