import { Stack } from 'aws-cdk-lib';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineEnv, defineReactor, jsonEnv } from '../../core/kernel/contract.ts';
import { GovernedFunction, type GovernedFunctionProps } from '../../lib/platform/governed-function.ts';
import { findResource, groundedStack, templateOf, unbundledApp } from '../support/plane.ts';

const contract = defineReactor({ env: defineEnv({ TABLE: z.string(), LIMIT: jsonEnv(z.number()) }) });
type Props = GovernedFunctionProps<typeof contract.env>;

const made = (props: Props) => {
  const { app, stack } = groundedStack();
  new GovernedFunction(stack, 'Fn', props);
  return findResource(templateOf(app, stack), 'AWS::Lambda::Function', 'FnFunction')[1].Properties;
};

test('the environment is that of the contract', () => {
  const properties = made({ entry: 'x/do-y', contract, env: { TABLE: 't', LIMIT: '3' } });

  expect(properties).toMatchObject({
    Environment: { Variables: { TABLE: 't', LIMIT: '3' } },
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    TracingConfig: { Mode: 'Active' },
  });
});

test('a missing, an extra and a mistyped name do not compile, and do not synthesise either', () => {
  // @ts-expect-error LIMIT is missing
  expect(() => made({ entry: 'x/do-y', contract, env: { TABLE: 't' } })).toThrow('lacks LIMIT');
  // @ts-expect-error MORE is not in the contract
  const extra: Props = { entry: 'x/do-y', contract, env: { TABLE: 't', LIMIT: '3', MORE: 'x' } };
  expect(() => made(extra)).toThrow('the contract has no MORE');
  // @ts-expect-error a number is not an environment variable
  const mistyped: Props = { entry: 'x/do-y', contract, env: { TABLE: 't', LIMIT: 3 } };
  expect(mistyped.env.LIMIT).toBe(3);
});

test('a value that the handler would refuse is refused at synth', () => {
  expect(() => made({ entry: 'x/do-y', contract, env: { TABLE: 't', LIMIT: 'three' } })).toThrow('LIMIT');
});

test.each(['AWS_REGION', 'NODE_OPTIONS', 'LAMBDA_TASK_ROOT', 'PATH'] as const)(
  '%s belongs to Lambda or Node',
  (name) => {
    const reserved = defineReactor({ env: defineEnv({ [name]: z.string() }) });
    const { stack } = groundedStack();

    expect(
      () => new GovernedFunction(stack, 'Fn', { entry: 'x/do-y', contract: reserved, env: { [name]: 'x' } }),
    ).toThrow(`${name} is reserved`);
  },
);

test('away from a plane there is no ground to stand on', () => {
  const stack = new Stack(unbundledApp(), 'bare');

  expect(
    () => new GovernedFunction(stack, 'Fn', { entry: 'x/do-y', contract, env: { TABLE: 't', LIMIT: '3' } }),
  ).toThrow('stands on no ground');
});
