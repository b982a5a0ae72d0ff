import { expect, test } from 'vitest';
import { importLawViolations, PURE_LIBRARIES } from './guards/import-law.ts';
import { importsOf, readSources, type Sources, withFault } from './guards/source.ts';

const sources = readSources('{core,lib,functions,cli,bin,readers}/**/*.ts');
const standing = new Set(importLawViolations(sources));
const addedBy = (faulty: Sources) => importLawViolations(faulty).filter((violation) => !standing.has(violation));

test('the repository keeps the import law', () => {
  expect(sources.size).toBeGreaterThan(100);

  const violations = importLawViolations(sources);

  expect(violations).toEqual([]);
});

test.each([
  ['core/intake/planted.ts', "import { S3Client } from '@aws-sdk/client-s3';", 'core imports pure libraries only'],
  ['core/intake/planted.ts', "import { readFileSync } from 'node:fs';", 'core imports pure libraries only'],
  ['core/intake/planted.ts', "import type { App } from 'aws-cdk-lib';", 'core imports pure libraries only'],
  ['core/intake/planted.ts', "const later = () => import('undici');", 'core imports pure libraries only'],
  ['core/intake/planted.ts', "import { x } from '../../functions/platform/log.ts';", 'core imports core only'],
  ['core/intake/planted.ts', "import { x } from '../signing/dsse.ts';", 'capabilities meet at contracts'],
  ['lib/intake/planted.ts', "import { x } from '../../functions/platform/log.ts';", 'lib sees lib, contracts'],
  ['lib/intake/planted.ts', "import { x } from '../../core/intake/attempt.ts';", 'lib sees lib, contracts'],
  ['lib/intake/planted.ts', "import { S3Client } from '@aws-sdk/client-s3';", 'lib describes'],
  ['functions/intake/planted.ts', "import { Stack } from 'aws-cdk-lib';", 'functions never reach CDK'],
  ['functions/intake/planted.ts', "import { x } from '../../lib/stage.ts';", 'functions see core'],
  ['functions/intake/planted.ts', "import { x } from '../signing/kms-signer.adapter.ts';", 'functions see core'],
  ['functions/intake/planted.handler.ts', "import { S3Client } from '@aws-sdk/client-s3';", 'adapters only'],
  ['functions/intake/planted.handler.ts', "import '@smithy/signature-v4';", 'adapters only'],
  ['cli/planted.ts', "import { x } from '../functions/platform/log.ts';", 'the CLI sees core only'],
  ['readers/planted.ts', "import { S3Client } from '@aws-sdk/client-s3';", 'readers bring no library'],
  ['readers/planted.ts', "import { x } from '../lib/stage.ts';", 'readers see core only'],
  ['bin/planted.ts', "import { x } from '../core/kernel/digest.ts';", 'the app sees lib only'],
  ['core/intake/index.ts', 'export const x = 1;', 'is a barrel'],
  [
    'core/intake/planted.ts',
    "// all of it\nexport * from './contract.ts';\nexport { x } from './attempt.ts';",
    'is a barrel',
  ],
])('planted in %s, %s is found', (path, text, law) => {
  const violations = addedBy(withFault(sources, path, text));

  expect(violations).toEqual([expect.stringContaining(law)]);
});

test('a cycle is found, type-only imports included', () => {
  const planted = withFault(
    withFault(sources, 'core/intake/one.ts', "import { two } from './two.ts';"),
    'core/intake/two.ts',
    "import type { One } from './one.ts';",
  );

  const violations = addedBy(planted);

  expect(violations).toEqual(['cycle: core/intake/one.ts → core/intake/two.ts → core/intake/one.ts']);
});

test('imports in comments do not count, those over several lines and without white space do', () => {
  const text = [
    "// import { a } from './a.ts';",
    "/* import { b } from './b.ts'; */",
    "const url = 'https://example.org';",
    "import {\n  c,\n  type C,\n} from './c.ts';",
    "import{d}from'./d.ts';import e from './e.ts';",
  ].join('\n');

  const found = importsOf('core/x/y.ts', text).map(({ specifier }) => specifier);

  expect(found).toEqual(['./c.ts', './d.ts', './e.ts']);
});

test('every library that core may import has a reason', () => {
  for (const reason of Object.values(PURE_LIBRARIES)) expect(reason.length).toBeGreaterThan(20);
});
