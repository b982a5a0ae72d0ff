import { Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { ModelGovernance } from '../../lib/model-governance.ts';
import { may } from '../support/iam.ts';
import { findResource, type Template, templateOf, unbundledApp } from '../support/plane.ts';
import { powersOf } from '../support/powers.ts';

const granted = (grant: (plane: ModelGovernance, who: Role) => void) => {
  const app = unbundledApp();
  const stack = new Stack(app, 'their-stack');
  const who = new Role(stack, 'Somebody', { assumedBy: new AccountRootPrincipal() });
  const plane = new ModelGovernance(stack, 'Plane', { stage: { stage: 'test' } });
  grant(plane, who);
  const template = templateOf(app, stack);
  const [role] = findResource(template, 'AWS::IAM::Role', 'Somebody');
  return { app, stack, template, role, powers: powersOf(template, role) };
};

const ASKS = ['find the plane', 'ask about a model', 'ask how a model stands', 'ask about another model'];
const READS = [...ASKS, 'ask about rollouts', 'ask which holds stand'];
const onModels = (template: Template, action: string, key: string) => ({
  action,
  resource: `<${findResource(template, 'AWS::S3::Bucket', 'Models')[0]}.Arn>/${key}`,
});

const UPLOADS = ['upload a file', 'list open uploads', 'look into an open upload', 'give up an upload'];

test('who may submit uploads, goes on with what was interrupted, and asks; reads no model, marks nothing, signs nothing, answers nothing', () => {
  const { powers } = granted((plane, who) => plane.grantSubmit(who));

  expect(powers).toEqual([...UPLOADS, 'read an answer', 'decrypt objects', 'encrypt objects', ...ASKS]);
});

test('who may submit one model uploads no other, looks into and gives up no upload of another, nor of one whose name begins alike', () => {
  const { template, role, powers } = granted((plane, who) => plane.grantSubmit(who, { models: ['iris'] }));

  const others = ['models/other/1/model.onnx', 'models/iris-2/1/model.onnx', 'answers/iris/1/x.json', 'model.onnx'];
  const actions = ['s3:PutObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'];
  const allowed = others.filter((key) =>
    actions.some((action) => may(template, role, onModels(template, action, key))),
  );

  expect(powers).toContain('upload a file');
  expect(powers).not.toContain('ask about another model');
  expect(allowed).toEqual([]);
});

test('who may read sees registered versions only', () => {
  const { powers } = granted((plane, who) => plane.grantRead(who));

  expect(powers).toEqual([
    'read registered bytes',
    'read a signature',
    'read an attestation',
    'read an answer',
    'read which keys count',
    'decrypt objects',
    ...READS,
  ]);
});

test('who may publish puts captures, and reads none of them back', () => {
  const { powers } = granted((plane, who) => plane.grantPublish(who));

  expect(powers).toEqual(['publish a capture', 'decrypt objects', 'encrypt objects']);
});

test('who may publish for one model speaks for no other', () => {
  const { template, role } = granted((plane, who) => plane.grantPublish(who, { models: ['iris'] }));

  const captures = `<${findResource(template, 'AWS::S3::Bucket', 'Captures')[0]}.Arn>`;
  const keys = ['captures/model=iris/x.jsonl', 'captures/model=iris-2/x.jsonl', 'captures/x.jsonl'];
  const allowed = keys.filter((key) => may(template, role, { action: 's3:PutObject', resource: `${captures}/${key}` }));

  expect(allowed).toEqual(['captures/model=iris/x.jsonl']);
});

test('who may operate restarts, redrives, holds, lifts and looks; reads no model, changes no other state, signs nothing', () => {
  const { powers } = granted((plane, who) => plane.grantOperate(who));

  expect(powers).toEqual([
    'read attempts',
    'list open attempts',
    'read the registry',
    'follow lineage downstream',
    'read checks',
    'verify a version',
    'start a check',
    'go on with a rollout',
    'reconcile',
    'decrypt items',
    'start intake',
    'sweep',
    'redrive dead letters',
    ...READS.slice(0, -1),
    'roll back',
    'ask which holds stand',
    'place a hold',
    'lift a hold',
  ]);
});

test('who may audit reads all evidence and changes nothing', () => {
  const { powers } = granted((plane, who) => plane.grantAudit(who));

  expect(powers).toEqual([
    'read evidence',
    'read attempts',
    'read the registry',
    'follow lineage downstream',
    'read holds',
    'read checks',
    'read verifications',
    'read the public key',
    'read which keys count',
    'read rollouts',
    'read the log',
    'read the copy of the log',
    'read the key of the log',
    'decrypt objects',
    'decrypt items',
    ...READS,
  ]);
});

test('no grant leaves a wildcard without a reason', () => {
  const { app, stack } = granted((plane, who) => {
    plane.grantSubmit(who, { models: ['iris'] });
    plane.grantRead(who);
    plane.grantOperate(who);
    plane.grantAudit(who);
  });

  const { violations } = new AwsSolutionsChecks(app).validateScope(stack);

  expect(violations).toEqual([]);
});

test('a model name that is none is refused at synth, before it becomes a wildcard in a policy', () => {
  const wildcard = () => granted((plane, who) => plane.grantSubmit(who, { models: ['*'] }));

  expect(wildcard).toThrow('lower-case letters');
});
