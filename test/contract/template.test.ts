import { Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { entriesOf } from '../../scripts/build.ts';
import { findResource, fullestTemplate, planeStack, resourcesOf, type Template } from '../support/plane.ts';
import { NOT_DEPLOYED } from './guards/contracts.ts';
import { readSources, root } from './guards/source.ts';
import {
  deliveryFaults,
  derivedPermissionFaults,
  environmentFaults,
  forgeryFaults,
  sizeFaults,
} from './guards/template.ts';

const template = fullestTemplate();
const handlers = entriesOf(root);

const planted = (type: string, part: string, change: (properties: Record<string, unknown>) => void): Template => {
  const faulty = structuredClone(template);
  change(findResource(faulty, type, part)[1].Properties);
  return faulty;
};

const statementsIn = (properties: Record<string, unknown>) =>
  (properties.PolicyDocument as { Statement: Record<string, unknown>[] }).Statement;

test('every function has the environment of its contract; contracts, handlers and functions are the same set', () => {
  expect(environmentFaults(template, handlers)).toEqual([]);
});

test.each([
  [
    'an extra variable',
    planted('AWS::Lambda::Function', 'SignVersion', (properties) => {
      Object.assign((properties.Environment as { Variables: object }).Variables, { DEBUG: '1' });
    }),
    /SignVersion\w* has DEBUG,EVIDENCE_BUCKET,SIGNING_KEY_ARN, its contract EVIDENCE_BUCKET,SIGNING_KEY_ARN/,
  ],
  [
    'a missing environment',
    planted('AWS::Lambda::Function', 'SignVersion', (properties) => void delete properties.Environment),
    /SignVersion\w* has , its contract EVIDENCE_BUCKET,SIGNING_KEY_ARN/,
  ],
  [
    'a function without a contract',
    planted('AWS::Lambda::Function', 'SignVersion', (properties) => {
      properties.Description = 'signing/sign-everything';
    }),
    /signing\/sign-everything\) has no contract/,
  ],
])('%s is found', (_, faulty, sentence) => {
  expect(environmentFaults(faulty, handlers)).toContainEqual(expect.stringMatching(sentence));
});

test('a handler that no stack deploys is found', () => {
  expect(environmentFaults(template, [...handlers, 'intake/planted'])).toEqual([
    'the handler intake/planted is not deployed',
  ]);
});

test('workflow, rules and schedule may do what their definitions and targets ask, and nothing else', () => {
  expect(derivedPermissionFaults(template)).toEqual([]);
});

test.each([
  [
    'a workflow that may call one function more',
    planted('AWS::IAM::Policy', 'IntakeWorkflowRole', (properties) => {
      statementsIn(properties).push({ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: 'planted' });
    }),
    /WorkflowRole\w+ need not have lambda:InvokeFunction on planted/,
  ],
  [
    'a workflow that may not call a step',
    planted('AWS::IAM::Policy', 'IntakeWorkflowRole', (properties) => {
      for (const statement of statementsIn(properties))
        if (statement.Action === 'lambda:InvokeFunction') (statement.Resource as unknown[]).pop();
    }),
    /WorkflowRole\w+ lacks lambda:InvokeFunction on <\w+\.Arn>/,
  ],
  [
    'a rule that may start any workflow',
    planted('AWS::IAM::Policy', 'IntakeWorkflowMachineEventsRole', (properties) => {
      for (const statement of statementsIn(properties)) statement.Resource = '*';
    }),
    /EventsRole\w+ need not have states:StartExecution on \*/,
  ],
  [
    'a schedule that may not use its dead-letter queue',
    planted('AWS::IAM::Policy', 'IntakeSweepRole', (properties) => void statementsIn(properties).pop()),
    /SweepRole\w+ lacks sqs:SendMessage on/,
  ],
])('%s is found', (_, faulty, sentence) => {
  expect(derivedPermissionFaults(faulty)).toContainEqual(expect.stringMatching(sentence));
});

test('every rule reaches its target, and keeps what it cannot deliver', () => {
  expect(deliveryFaults(template)).toEqual([]);
});

const firstTarget = (properties: Record<string, unknown>) =>
  (properties.Targets as Record<string, unknown>[])[0] as Record<string, unknown>;

test.each([
  [
    'a rule without a dead-letter queue',
    planted(
      'AWS::Events::Rule',
      'IntakeWorkflowDied',
      (properties) => void delete firstTarget(properties).DeadLetterConfig,
    ),
    /WorkflowDied\w+ drops what it cannot deliver/,
  ],
  [
    'a queue that lets another rule in',
    planted('AWS::SQS::QueuePolicy', 'IntakeArrivedFilesPolicy', (properties) => {
      for (const statement of statementsIn(properties))
        statement.Condition = { ArnEquals: { 'aws:SourceArn': 'other' } };
    }),
    /FileArrived\w+ may not reach/,
  ],
  [
    'a function that no rule may call',
    planted('AWS::Lambda::Permission', 'IntakeWorkflowDied', (properties) => {
      properties.SourceArn = 'other';
    }),
    /WorkflowDied\w+ may not reach/,
  ],
])('%s is found', (_, faulty, sentence) => {
  expect(deliveryFaults(faulty)).toContainEqual(expect.stringMatching(sentence));
});

test('every rule says whose word it takes and about what, so that a forged event starts nothing', () => {
  expect(resourcesOf(template, 'AWS::Events::Rule').length).toBeGreaterThan(0);
  expect(forgeryFaults(template)).toEqual([]);
});

const listening = (change: Record<string, unknown>) =>
  planted('AWS::Events::Rule', 'IntakeWorkflowDied', (properties) => {
    properties.EventPattern = { ...(properties.EventPattern as object), ...change };
  });

test.each([
  ["a rule that takes anybody's word", listening({ source: undefined }), /leaves open who says what/],
  ['a rule that takes two sources', listening({ source: ['aws.states', 'clearance'] }), /leaves open who says what/],
  [
    'a rule that takes two sources, one of which is a service of AWS by its first letters only',
    listening({ source: ['aws.states', 'awsome.lambda'] }),
    /leaves open who says what/,
  ],
  ['a rule that listens to everything', listening({ 'detail-type': undefined }), /leaves open who says what/],
  [
    'a rule that takes a fact from who may only ask',
    listening({ source: ['clearance.request'], 'detail-type': ['hold.placed.v1'] }),
    /listens to "hold\.placed\.v1" from "clearance\.request"/,
  ],
  [
    'a rule that takes a request for a fact',
    listening({ source: ['clearance'], 'detail-type': ['rollout.requested.v1'] }),
    /listens to "rollout\.requested\.v1" from "clearance"/,
  ],
  [
    'a rule that listens to more than there is',
    listening({ source: ['clearance'], 'detail-type': [{ prefix: 'hold.' }] }),
    /listens to \{"prefix":"hold\."\} from "clearance"/,
  ],
  ['a rule for a stranger', listening({ source: ['com.example'] }), /from "com\.example"/],
])('%s is found', (_, faulty, sentence) => {
  expect(forgeryFaults(faulty)).toContainEqual(expect.stringMatching(sentence));
});

test('the stack stays far from the limit of CloudFormation', () => {
  const crowded: Template = {
    Resources: Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`R${i}`, { Type: 'x', Properties: {} }])),
  };

  expect(sizeFaults(template)).toEqual([]);
  expect(sizeFaults(crowded)).toEqual([expect.stringContaining('400 resources')]);
});

const nagFindings = (change: (stack: ReturnType<typeof planeStack>['stack']) => void): string[] => {
  const { app, stack } = planeStack();
  change(stack);
  return new AwsSolutionsChecks(app).validateScope(stack).violations.map(({ ruleName }) => ruleName);
};

test('AwsSolutions finds nothing that has no written reason', () => {
  const findings = nagFindings(() => {});

  expect(findings).toEqual([]);
});

test('an IAM wildcard without a reason is found', () => {
  const findings = nagFindings(({ plane }) =>
    plane.signing.signVersion.role.addToPolicy(new PolicyStatement({ actions: ['kms:*'], resources: ['arn:aws:x/*'] })),
  );

  expect(findings).toEqual(['AwsSolutions-IAM5[Action::kms:*]', 'AwsSolutions-IAM5[Resource::arn:aws:x/*]']);
});

test('every exception to AwsSolutions gives a reason of a sentence or more', () => {
  const { stack } = planeStack();

  const reasons = stack.node
    .findAll()
    .flatMap(({ node }) => node.metadata)
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.values(data as Record<string, string>));

  expect(reasons.length).toBeGreaterThan(10);
  for (const reason of reasons) expect(reason).toMatch(/^[A-Z].{40,}\.$/);
});

test('the app ends the synthesis when there is a finding', () => {
  const { app, stack } = planeStack();
  new Bucket(stack, 'Planted');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

  expect(() => app.synth()).toThrow('S1');
});

test('the app of this repository has the checks plugged in', () => {
  expect(readSources('bin/*.ts').get('bin/governance.ts')).toContain('addPlugins(new AwsSolutionsChecks(app))');
});

test('a capability that has a handler is not on the list of those that nothing deploys', () => {
  const installed = new Set(handlers.map((entry) => entry.split('/')[0] ?? ''));

  expect([...NOT_DEPLOYED].filter((capability) => installed.has(capability))).toEqual([]);
});
