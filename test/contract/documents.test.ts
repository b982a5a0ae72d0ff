import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deadLinks, documentedCalls, misnumbered } from './guards/documents.ts';
import { readSources, root, withFault } from './guards/source.ts';

const documents = readSources('README.md', 'docs/**/*.md', 'examples/**/*.md', 'models/README.md');
const decisions = readSources('docs/adr/*.md');
const exists = (path: string) => existsSync(join(root, path));

test('every link of a document leads somewhere', () => {
  expect(deadLinks(documents, exists)).toEqual([]);
});

test.each([
  ['a file that is not there', '[x](adr/9999-none.md)'],
  ['a heading that is not there', '[x](cli.md#none)'],
])('a link to %s is found', (_, text) => {
  expect(deadLinks(withFault(documents, 'docs/planted.md', text), exists)).toHaveLength(1);
});

test('decisions are numbered without a gap, in their names and in their titles', () => {
  expect(misnumbered(decisions)).toEqual([]);
});

test('a gap in the numbers is found', () => {
  expect(misnumbered(withFault(decisions, 'docs/adr/9999-x.md', '# 9999. X'))).toHaveLength(1);
});

const call = (args: readonly string[]) => {
  // Credentials and a network would let it ask a real plane.
  const env = { PATH: process.env.PATH, AWS_EC2_METADATA_DISABLED: 'true', AWS_REGION: 'eu-central-1' };
  return spawnSync(process.execPath, [join(root, 'cli/clearance.mjs'), ...args], { encoding: 'utf8', env });
};

test('the guard reads calls out of blocks and sentences, and leaves a verb that is only named', () => {
  const text =
    'See `clearance holds`, then `clearance hold\n--env E --reason "…"`.\n\n```\n$ clearance lift HOLD  # x\n```\n';

  expect(documentedCalls(new Map([['a.md', text]]))).toEqual([
    ['lift', 'hold'],
    ['hold', '--env', 'e', '--reason', '…'],
  ]);
});

test.each(documentedCalls(documents).map((args) => [args.join(' '), args] as const))(
  'clearance %s, as a document shows it, is a call that the command takes',
  (_, args) => {
    const { status, stderr } = call(args);

    expect(stderr).not.toContain('error:');
    expect(status).toBe(3);
  },
);
