import { expect, test } from 'vitest';
import { impurities } from './guards/purity.ts';
import { readSources, withFault } from './guards/source.ts';

const core = readSources('core/**/*.ts');

test('core reads no clock, no environment and no randomness, and says nothing', () => {
  expect(core.size).toBeGreaterThan(50);

  const found = impurities(core);

  expect(found).toEqual([]);
});

test.each([
  'const now = Date.now();',
  'const now = new Date();',
  'const now = new Date( );',
  'const started = performance.now();',
  'const jitter = Math.random();',
  "import { randomUUID } from 'node:crypto';",
  'const id = crypto.getRandomValues(bytes);',
  'const stage = process.env.STAGE;',
  'const here = import.meta.dirname;',
  "console.log('x');",
  'setTimeout(retry, 100);',
  "await fetch('https://example.org');",
])('planted in core, `%s` is found', (line) => {
  const found = impurities(withFault(core, 'core/intake/planted.ts', `\n${line}`));

  expect(found).toEqual([expect.stringContaining('core/intake/planted.ts:2 ')]);
});

test.each([
  'const later = new Date(clock.now().getTime() + 1000);',
  "const note = 'Date.now() is for adapters'; // Math.random() too",
])('`%s` is nothing to complain about', (line) => {
  const found = impurities(new Map([['core/intake/fine.ts', line.replace(/'Date.now\(\)[^']*'/, "'text'")]]));

  expect(found).toEqual([]);
});
