import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../local/paths.ts';

const textOf = (folder: string, ending: string): string =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(join(root, folder, name), 'utf8'))
    .join('\n');

const repairs = [...textOf('local/emulator/repairs', '.py').matchAll(/@repair\ndef (\w+)/g)].map(
  ([, name = '']) => name,
);

test('every repair of the emulator has a probe that fails without it', () => {
  const probes = textOf('test/local', '.test.ts');

  expect(repairs.length).toBeGreaterThan(20);
  expect(repairs.filter((name) => !probes.includes(`'${name}'`))).toEqual([]);
});

test('the page about the local AWS names every repair, and no other', () => {
  const page = readFileSync(join(root, 'docs/local-aws.md'), 'utf8');
  const named = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name);

  expect(named.toSorted()).toEqual(repairs.toSorted());
});

test('whatever the page says the template must show has a test of that name', () => {
  const page = readFileSync(join(root, 'docs/local-aws.md'), 'utf8');
  const [, table = ''] = page.split('| not enforced here | what the template must show |\n|---|---|\n');
  const promised = [...(table.split('\n\n')[0] ?? '').matchAll(/\| (.*) \|$/gm)].map(([, row = '']) =>
    row.split(' | ').at(-1),
  );
  const tests = readFileSync(join(root, 'test/local/unenforced.test.ts'), 'utf8');
  const shown = [...tests.matchAll(/^test\('(.*)', /gm)].map(([, name = '']) => name);

  expect(promised.toSorted()).toEqual(shown.toSorted());
});
