import { Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { Deployment } from '../../core/rollout/contract.ts';
import { GovernedAlias, publishServing } from '../../lib/rollout/governed-alias.ts';
import { GovernedDeployment, type GovernedDeploymentProps } from '../../lib/rollout/governed-deployment.ts';
import { may } from '../support/iam.ts';
import { findResource, printed, resourcesOf, templateOf, unbundledApp } from '../support/plane.ts';

const ROOT = `sha256:${'a'.repeat(64)}`;
const ADDRESS = '/clearance/prod/deployments/fraud-prod';

/** A team's own app: a function that serves a version of a model, behind an alias that the plane `prod` governs. */
const theirs = (version: string, more: Partial<GovernedDeploymentProps> = {}, account = '111122223333') => {
  const app = unbundledApp();
  const stack = new Stack(app, 'theirs', { env: { account, region: 'eu-central-1' } });
  const serving = new LambdaFunction(stack, 'Serving', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline(`exports.handler = async () => '${version}';`),
  });
  const published = publishServing(serving, { model: 'fraud', version, root: ROOT });
  const deployment = new GovernedDeployment(stack, 'Fraud', {
    stage: 'prod',
    name: 'fraud-prod',
    model: 'fraud',
    environment: 'production',
    target: new GovernedAlias(stack, 'Live', { version: published }),
    ...more,
  });
  return { app, stack, deployment, template: templateOf(app, stack) };
};

/** A document with its references in angle brackets. */
const documentIn = (value: unknown): unknown => JSON.parse(printed(value));

test('a deployment is a parameter that the plane of its stage reads', () => {
  const { template } = theirs('1.0.0', { objectives: { availability: 0.995 } });
  const [, { Properties }] = findResource(template, 'AWS::SSM::Parameter', 'Fraud');

  const document = Deployment.parse(documentIn(Properties.Value));

  expect(Properties.Name).toBe(ADDRESS);
  expect(document).toMatchObject({
    name: 'fraud-prod',
    model: 'fraud',
    environment: 'production',
    target: { kind: 'lambda-alias', alias: 'live' },
    objectives: { availability: 0.995, slowMs: 1000 },
  });
});

test('what serves names its model, version and root, and stays when it leaves the template', () => {
  const { template } = theirs('2.0.0');
  const [, { Properties }] = findResource(template, 'AWS::Lambda::Function', 'Serving');
  const [, version] = findResource(template, 'AWS::Lambda::Version', 'Serving');

  expect(Properties.Environment).toEqual({
    Variables: { CLEARANCE_MODEL: 'fraud', CLEARANCE_VERSION: '2.0.0', CLEARANCE_ROOT: ROOT },
  });
  expect(version.DeletionPolicy).toBe('Retain');
});

test('publishing another version changes nothing about the alias, so that CloudFormation never moves it', () => {
  const [before, after] = ['1.0.0', '2.0.0'].map((version) => theirs(version).template);

  const versions = [before, after].map((template) => resourcesOf(template ?? expect.fail(), 'AWS::Lambda::Version'));
  const aliases = [before, after].map(
    (template) => findResource(template ?? expect.fail(), 'AWS::Lambda::Alias', 'Live')[1].Properties,
  );

  expect(versions[0]?.[0]?.[0]).not.toBe(versions[1]?.[0]?.[0]);
  expect(aliases[0]).toEqual(aliases[1]);
  expect(aliases[0]).toMatchObject({ FunctionVersion: '1', Name: 'live' });
});

test('an alias does not begin at what was never published', () => {
  const stack = new Stack(unbundledApp(), 'theirs');
  const code = Code.fromInline('exports.handler = async () => 1;');
  const serving = new LambdaFunction(stack, 'Serving', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code,
  });

  const begin = () => new GovernedAlias(stack, 'Live', { version: serving.currentVersion, initialVersion: '$LATEST' });

  expect(begin).toThrow('initialVersion: found $LATEST');
});

test.each(['Looker', 'Shifter'])(
  'the %s is trusted to the plane alone, under the address of the deployment',
  (role) => {
    const { template } = theirs('1.0.0', { planeAccount: '999988887777' });
    const [, { Properties }] = findResource(template, 'AWS::IAM::Role', role);

    expect(Properties.Path).toBe(role === 'Looker' ? '/clearance/prod/look/' : '/clearance/prod/shift/');
    expect(Properties.AssumeRolePolicyDocument).toMatchObject({
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'sts:ExternalId': ADDRESS } },
        },
      ],
    });
    expect(JSON.stringify(Properties.AssumeRolePolicyDocument)).toContain('iam::999988887777:root');
  },
);

test('the looker looks; only the shifter shifts, and neither does anything else', () => {
  const { template } = theirs('1.0.0');
  const target = `<${findResource(template, 'AWS::Lambda::Function', 'Serving')[0]}.Arn>`;
  const asked = {
    look: { action: 'lambda:GetAlias', resource: target },
    list: { action: 'lambda:ListVersionsByFunction', resource: target },
    read: { action: 'lambda:GetFunctionConfiguration', resource: `${target}:2` },
    shift: { action: 'lambda:UpdateAlias', resource: target },
    'shift another': { action: 'lambda:UpdateAlias', resource: 'arn:aws:lambda:eu-central-1:111122223333:function:x' },
    'change the code': { action: 'lambda:UpdateFunctionCode', resource: target },
    invoke: { action: 'lambda:InvokeFunction', resource: target },
  };
  const powers = (role: string) => {
    const [id] = findResource(template, 'AWS::IAM::Role', role);
    return Object.entries(asked).flatMap(([name, request]) => (may(template, id, request) ? [name] : []));
  };

  expect(powers('Looker')).toEqual(['look', 'list', 'read']);
  expect(powers('Shifter')).toEqual(['look', 'list', 'read', 'shift']);
});

test('from another account the stack says what to put where, and writes no parameter of its own', () => {
  const { template } = theirs('1.0.0', { planeAccount: '999988887777' });
  const outputs = Object.entries(template.Outputs ?? {});
  const outputOf = (part: string) => outputs.find(([name]) => name.includes(part))?.[1].Value;

  expect(resourcesOf(template, 'AWS::SSM::Parameter')).toEqual([]);
  expect(outputOf('ParameterName')).toBe(ADDRESS);
  expect(Deployment.parse(documentIn(outputOf('Document'))).name).toBe('fraud-prod');
});

test.each([
  ['name', { name: 'Fraud Prod' }, /name: expected 1 to 63 lower-case letters/],
  ['model', { model: '' }, /model: expected/],
  ['objective', { objectives: { availability: 1 } }, /objectives.availability: /],
])('a wrong %s is told when the app is made', (_, more, message) => {
  expect(() => theirs('1.0.0', more)).toThrow(message);
});

test('AwsSolutions finds nothing about a deployment that has no written reason', () => {
  const { app, deployment } = theirs('1.0.0');

  const { violations } = new AwsSolutionsChecks(app).validateScope(deployment);

  expect(violations).toEqual([]);
});
