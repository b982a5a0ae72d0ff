import { Stack } from 'aws-cdk-lib';
import { OidcProviderNative } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { CiRole, type CiRoleProps, githubSubjects } from '../../lib/ci/ci-role.ts';
import { ModelGovernance } from '../../lib/model-governance.ts';
import { may } from '../support/iam.ts';
import { findResource, resourcesOf, type Template, templateOf, unbundledApp } from '../support/plane.ts';
import { powersOf } from '../support/powers.ts';

const MAIN = githubSubjects('acme/fraud', { branches: ['main'] });

const made = (props: (stack: Stack) => Partial<CiRoleProps> = () => ({})) => {
  const app = unbundledApp();
  const stack = new Stack(app, 'their-stack');
  const plane = new ModelGovernance(stack, 'Plane', { stage: { stage: 'test' } });
  new CiRole(stack, 'Pipeline', { plane, subjects: MAIN, ...props(stack) });
  const template = templateOf(app, stack);
  const [role, { Properties }] = findResource(template, 'AWS::IAM::Role', 'Pipeline');
  return { stack, template, role, properties: Properties };
};

/** Most questions are about this one, and a plane takes a while to synthesise. */
const usual = made();

const putting = (template: Template, source: string, type: string) => ({
  action: 'events:PutEvents',
  resource: `<${findResource(template, 'AWS::Events::EventBus', 'Bus')[0]}.Arn>`,
  context: { 'events:source': source, 'events:detail-type': type },
});

const trusted = (properties: Record<string, unknown>) =>
  (properties.AssumeRolePolicyDocument as { Statement: Record<string, unknown>[] }).Statement;

test('a pipeline asks, submits nothing, reads no model, signs nothing, changes no state and tells no fact', () => {
  const { template, role } = usual;

  expect(powersOf(template, role)).toEqual([
    'request a rollout',
    'find the plane',
    'ask admission',
    'ask about a model',
    'ask how a model stands',
    'ask about another model',
    'ask about rollouts',
  ]);
});

test.each([
  ['a request', 'clearance.request', 'rollout.requested.v1', true],
  ['a forged fact', 'clearance', 'rollout.completed.v1', false],
  ['a forged fact that calls itself a request', 'clearance', 'rollout.requested.v1', false],
  ['a fact under the source of requests', 'clearance.request', 'rollout.completed.v1', false],
  ['a request that calls itself another service', 'aws.s3', 'rollout.requested.v1', false],
])('a pipeline that puts %s: %s, %s', (_, source, type, allowed) => {
  const { template, role } = usual;

  expect(may(template, role, putting(template, source, type))).toBe(allowed);
});

test('a call that does not say what it puts is refused', () => {
  const { template, role } = usual;

  expect(may(template, role, { ...putting(template, '', ''), context: {} })).toBe(false);
});

test('a pipeline that may submit one model uploads no other', () => {
  const { template, role } = made(() => ({ submits: ['iris'] }));

  const powers = powersOf(template, role);

  expect(powers).toContain('upload a file');
  expect(
    may(template, role, {
      action: 's3:PutObject',
      resource: `<${findResource(template, 'AWS::S3::Bucket', 'Models')[0]}.Arn>/models/other/1.0.0/model.onnx`,
    }),
  ).toBe(false);
});

test('only jobs with exactly these claims take the role', () => {
  const { template, properties } = usual;
  const [provider, { Properties }] = findResource(template, 'AWS::IAM::OIDCProvider', 'Pipeline');

  expect(trusted(properties)).toEqual([
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRoleWithWebIdentity',
      Principal: { Federated: { Ref: provider } },
      Condition: {
        StringEquals: {
          'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
          'token.actions.githubusercontent.com:sub': ['repo:acme/fraud:ref:refs/heads/main'],
        },
      },
    },
  ]);
  expect(Properties).toMatchObject({
    Url: 'https://token.actions.githubusercontent.com',
    ClientIdList: ['sts.amazonaws.com'],
  });
});

test('a provider that the account has is used, and another issuer has its own claims', () => {
  const { template, properties } = made((stack) => ({
    issuer: 'https://gitlab.example.com',
    audience: 'clearance',
    subjects: ['project_path:acme/fraud:ref_type:branch:ref:main'],
    provider: OidcProviderNative.fromOidcProviderArn(
      stack,
      'Theirs',
      'arn:aws:iam::111122223333:oidc-provider/gitlab.example.com',
    ),
  }));

  expect(resourcesOf(template, 'AWS::IAM::OIDCProvider')).toEqual([]);
  expect(trusted(properties)).toMatchObject([
    {
      Principal: { Federated: 'arn:aws:iam::111122223333:oidc-provider/gitlab.example.com' },
      Condition: {
        StringEquals: {
          'gitlab.example.com:aud': 'clearance',
          'gitlab.example.com:sub': ['project_path:acme/fraud:ref_type:branch:ref:main'],
        },
      },
    },
  ]);
});

test('the claims of GitHub name branches and environments', () => {
  expect(githubSubjects('acme/fraud', { branches: ['main'], environments: ['production'] })).toEqual([
    'repo:acme/fraud:ref:refs/heads/main',
    'repo:acme/fraud:environment:production',
  ]);
});

test.each([
  ['no subject', { subjects: [] }, 'subjects: found none; allowed: at least one sub claim'],
  ['a wildcard', { subjects: ['repo:acme/*'] }, 'subjects: found "repo:acme/*"; allowed: whole sub claims'],
  ['an issuer over plain HTTP', { issuer: 'http://gitlab.example.com' }, 'issuer: found http://gitlab.example.com'],
])('%s is refused at synth', (_, props, sentence) => {
  expect(() => made(() => props)).toThrow(sentence);
});

test.each([
  ['acme', { branches: ['main'] }, 'repository: found acme; allowed: owner/name'],
  ['*/fraud', { branches: ['main'] }, 'repository: found */fraud'],
  ['acme/fraud', {}, 'acme/fraud: name the branches or environments'],
])('the repository %s with %j is refused', (repository, jobs, sentence) => {
  expect(() => githubSubjects(repository, jobs)).toThrow(sentence);
});

test('the role has no wildcard without a reason', () => {
  const { stack } = made(() => ({ submits: ['iris'] }));

  expect(new AwsSolutionsChecks(stack.node.root).validateScope(stack).violations).toEqual([]);
});
