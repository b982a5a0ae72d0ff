import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { signFiles } from '../support/signed-model.ts';
import { folderOf, shippedModel } from './folder.ts';

const ENTRY = fileURLToPath(new URL('../../cli/clearance.mjs', import.meta.url));

const clearance = (...args: string[]) => {
  // Credentials and a network would let it ask a real plane.
  const env = { PATH: process.env.PATH, AWS_EC2_METADATA_DISABLED: 'true', AWS_REGION: 'eu-central-1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [ENTRY, ...args], { encoding: 'utf8', env });
  return { status, stdout, stderr };
};

test('a yes ends with 0, with its answer on stdout and nothing on stderr', () => {
  using folder = shippedModel('iris-forest/1.0.0');

  const { status, stdout, stderr } = clearance('check', folder.dir);

  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain('✓ iris-forest 1.0.0 would be registered');
  expect(stdout).not.toContain('\u001b');
});

test('a no ends with 1 and is an answer too: it stands on stdout', () => {
  using folder = folderOf({ 'a.txt': 'x' });

  const { status, stdout, stderr } = clearance('check', folder.dir);

  expect([status, stderr]).toEqual([1, '']);
  expect(stdout).toContain('✗ manifest.json: the folder has no manifest');
});

describe('--json gives one document on stdout and nothing else', () => {
  test.each([
    ['a yes', 0, 'yes'],
    ['a no', 1, 'no'],
  ])('for %s', (_what, code, outcome) => {
    using folder = code === 0 ? shippedModel('iris-forest/1.0.0') : folderOf({ 'a.txt': 'x' });

    const { status, stdout, stderr } = clearance('check', folder.dir, '--json');

    expect([status, stderr]).toEqual([code, '']);
    expect(JSON.parse(stdout)).toMatchObject({ outcome });
  });

  test.each([
    ['a verb that does not exist', ['fly', '--json']],
    ['a missing argument', ['check', '--json']],
    ['an option that does not exist', ['check', 'x', '--jsn', '--json']],
    ['a value that is not allowed', ['submit', 'x', '--model', 'a', '--version', '1', '--timeout', 'soon', '--json']],
    ['a folder that is not there', ['init', '/no/such/folder', '--json']],
  ])('for a wrong call: %s', (_what, args) => {
    const { status, stdout, stderr } = clearance(...args);

    expect([status, stderr]).toEqual([2, '']);
    expect(JSON.parse(stdout)).toMatchObject({ error: { rule: 'cli.usage', message: expect.any(String) } });
  });

  test('for what cannot be told', () => {
    const { status, stdout, stderr } = clearance('list', '--json');

    expect([status, stderr]).toEqual([3, '']);
    expect(JSON.parse(stdout)).toMatchObject({ error: { rule: 'cli.could-not-tell', fix: expect.any(String) } });
  });
});

test.each([['fly'], ['check'], ['check', 'a', 'b'], []])(
  'a wrong call (%s %s %s) ends with 2 and says on stderr how it is called',
  (...args) => {
    const { status, stdout, stderr } = clearance(...args.filter((arg) => arg !== undefined));

    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).not.toBe('');
  },
);

test('what cannot be told ends with 3 and names what to do on stderr', () => {
  const { status, stdout, stderr } = clearance('status', 'fraud', '1');

  expect([status, stdout]).toEqual([3, '']);
  expect(stderr).toContain('AWS_PROFILE');
});

test('the stage is the one of the option, or of the environment', () => {
  const { stdout } = clearance('status', 'fraud', '1', '--stage', 'prod', '--json');

  expect(JSON.parse(stdout)).toMatchObject({ error: { path: '/clearance/prod/plane' } });
});

test('help and version are answers', () => {
  expect(clearance('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('submit'), stderr: '' });
  expect(clearance('submit', '--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--timeout') });
  expect(clearance('--clearance-version')).toMatchObject({ status: 0, stdout: `${packageJson.version}\n` });
});

test.each(['', 'hold', 'rollout', 'wait', 'admit'])('the help of %o is read on 80 columns', (verb) => {
  const { stdout } = clearance(...[verb].filter((name) => name !== ''), '--help');

  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test.each([
  ['lift', 'h1'],
  ['hold', '--everything'],
  ['rollout', 'pause', 'r1'],
])('%s %s without words as a reason is a wrong call', (...args) => {
  const { status, stderr } = clearance(...args, '--reason', ' ');

  expect([status, stderr]).toEqual([2, expect.stringContaining("'--reason <text>' argument ' ' is invalid")]);
});

test('the bin of the package is the entry', () => {
  expect(join(fileURLToPath(new URL('../..', import.meta.url)), packageJson.bin.clearance)).toBe(ENTRY);
});

test('init, check and verify work one after the other, as a person would call them', async () => {
  const files = { 'a.txt': 'x' };
  const { bundle, publicKeyPem } = await signFiles(files);
  using folder = folderOf({ ...files, 'model.sig': bundle });
  using keys = folderOf({ 'key.pem': publicKeyPem });

  const verified = clearance('verify', folder.dir, '--key', join(keys.dir, 'key.pem'));
  const written = clearance('init', folder.dir, '--model', 'fraud', '--version', '1.0.0');
  const checked = clearance('check', folder.dir);
  const changed = clearance('verify', folder.dir, '--key', join(keys.dir, 'key.pem'));

  expect([verified, written, checked, changed].map(({ status }) => status)).toEqual([0, 0, 1, 1]);
  expect(checked.stdout).toContain('$.risk.decision: nobody has filled this in yet');
  expect(changed.stdout).toContain('manifest.json: the file was not signed');
});

test('the boto3 example of the documentation submits in ten lines', () => {
  const example = readFileSync(new URL('../../docs/examples/submit.py', import.meta.url), 'utf8');

  const [submits = '', waits] = example.split('# Submitted.');

  expect(waits).toContain('answers/');
  expect(submits.split('\n').filter((line) => line !== '' && !line.startsWith('"""'))).toHaveLength(10);
});
