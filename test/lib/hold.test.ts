import { expect, test } from 'vitest';
import { findResource, planeTemplate, printed, resourcesOf } from '../support/plane.ts';

const template = planeTemplate();
const [table] = findResource(template, 'AWS::DynamoDB::Table', 'HoldsTable');

test('the list of holds is opened when its table is made, and no later deployment has a reason to open it again', () => {
  const [, { Properties }] = findResource(template, 'Custom::HoldList', 'List');
  const { ServiceToken, ServiceTimeout, ...properties } = Properties;

  expect(printed(ServiceToken)).toMatch(/^<PlaneHoldsOpenListFunction\w+\.Arn>$/);
  expect(Number(ServiceTimeout)).toBeLessThanOrEqual(120);
  expect(Object.entries(properties).map(([name, value]) => [name, printed(value)])).toEqual([['Table', `<${table}>`]]);
});

test('nothing is deleted but by those who take holds from the list, and there only', () => {
  const allowed = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap((type) =>
    resourcesOf(template, type).flatMap(([, { Properties }]) =>
      (Properties.PolicyDocument as { Statement: { Action: string | string[]; Resource: unknown }[] }).Statement.filter(
        ({ Action }) => [Action].flat().some((action) => /^dynamodb:(?:Delete|Batch|\*)/.test(action)),
      ).map(({ Resource }) => printed(Resource)),
    ),
  );

  expect(new Set(allowed)).toEqual(new Set([`<${table}.Arn>`]));
});

test('people on call hear of placed and lifted holds of this plane, and of nothing that only looks like them', () => {
  const [, rule] = findResource(template, 'AWS::Events::Rule', 'OnCall');

  expect(rule.Properties.EventPattern).toEqual({
    source: ['clearance'],
    'detail-type': ['hold.placed.v1', 'hold.lifted.v1'],
  });
  expect(printed(rule.Properties.EventBusName)).toMatch(/^<PlaneBus\w+>$/);
});
