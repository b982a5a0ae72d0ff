import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { root } from './guards/source.ts';

type Step = { name?: string; run?: string; uses?: string; with?: Record<string, string> };
type Workflow = { permissions: Record<string, string>; jobs: Record<string, { environment: string; steps: Step[] }> };

const workflow: Workflow = parse(readFileSync(join(root, 'docs/examples/github-actions.yml'), 'utf8'));
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);

/** Every call of the command, its lines joined: the verb and the options by name. */
const calls = steps
  .flatMap(({ run = '' }) => [...run.replace(/\\\n\s*/g, '').matchAll(/clearance\.mjs (\w+)([^\n]*)/g)])
  .map(([, verb = '', rest = '']) => ({
    verb,
    options: [...rest.matchAll(/ (--[a-z-]+)/g)].map(([, name = '']) => name),
  }));

const helpOf = (verb: string): string =>
  spawnSync(process.execPath, [join(root, 'cli/clearance.mjs'), verb, '--help'], { encoding: 'utf8' }).stdout;

test('the documented pipeline submits, asks admission, requests a rollout and waits for its end', () => {
  expect(calls.map(({ verb }) => verb)).toEqual(['submit', 'admit', 'rollout', 'wait']);
});

test.each(calls)(
  'clearance $verb has the options $options that the documented pipeline gives it',
  ({ verb, options }) => {
    const help = helpOf(verb);

    expect(options.filter((option) => !help.includes(option))).toEqual([]);
  },
);

test('the documented pipeline takes its role with its own token, and holds no secret', () => {
  expect(workflow.permissions['id-token']).toBe('write');
  expect(steps.find(({ uses }) => uses?.startsWith('aws-actions/'))?.with).toMatchObject({
    'role-to-assume': expect.stringMatching(/^arn:aws:iam::\d{12}:role\//),
  });
  expect(JSON.stringify(workflow)).not.toMatch(/secrets\./);
});
