import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Manifest } from '../../core/intake/manifest.ts';
import { manifestSchema } from '../../core/intake/manifest-schema.ts';
import { completeManifest } from '../support/manifest.ts';

const root = join(import.meta.dirname, '../..');
const published = JSON.parse(readFileSync(new URL('../../schemas/manifest.v1.schema.json', import.meta.url), 'utf8'));
/** Formats are off because the schema gives each of them as a pattern too. */
const validate = new Ajv2020({ strict: true, validateFormats: false, allErrors: true }).compile(published);

type Path = readonly (string | number)[];

const pathsOf = (value: unknown, path: Path = []): Path[] =>
  typeof value !== 'object' || value === null
    ? [path]
    : [path, ...Object.entries(value).flatMap(([name, member]) => pathsOf(member, [...path, toKey(value, name)]))];
const toKey = (parent: object, name: string) => (Array.isArray(parent) ? Number(name) : name);

// biome-ignore lint/suspicious/noExplicitAny: mutations leave the type on purpose
const parentOf = (root: any, path: Path): any => path.slice(0, -1).reduce((value, key) => value?.[key], root);

const strange = fc.constantFrom<unknown>(
  undefined,
  null,
  '',
  'x',
  'x'.repeat(5000),
  0,
  -1,
  1.5,
  1e300,
  true,
  [],
  {},
  ['x', 'x'],
  { x: 1 },
  'sha256:abc',
  `sha256:${'0'.repeat(64)}`,
  '2026-02-30T00:00:00Z',
  '2026-02-28T00:00:00Z',
  'number',
  'severe',
);

const mutated = fc
  .array(fc.tuple(fc.constantFrom(...pathsOf(completeManifest()).slice(1)), strange), { minLength: 1, maxLength: 3 })
  .map((changes) => {
    const manifest = completeManifest();
    for (const [path, value] of changes) {
      const parent = parentOf(manifest, path);
      if (typeof parent === 'object' && parent !== null) parent[path.at(-1) ?? ''] = structuredClone(value);
    }
    return JSON.parse(JSON.stringify(manifest));
  });

describe('the published manifest schema', () => {
  test('is what the code generates; `node scripts/generate-schemas.ts` writes it anew', () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(manifestSchema())));
  });

  test('takes a complete manifest', () => {
    expect(validate(completeManifest())).toBe(true);
  });

  test('agrees with intake on manifests that are almost right', () => {
    let accepted = 0;
    fc.assert(
      fc.property(mutated, (manifest) => {
        const byIntake = Manifest.safeParse(manifest).success;
        accepted += byIntake ? 1 : 0;

        expect(validate(manifest)).toBe(byIntake);
      }),
      { numRuns: 1500 },
    );
    expect(accepted).toBeGreaterThan(20);
  });

  test('knows no field that intake does not, at any depth', () => {
    const objects = JSON.stringify(published).match(/"properties"/g) ?? [];
    const closed = JSON.stringify(published).match(/"additionalProperties":false/g) ?? [];

    expect(closed).toHaveLength(objects.length);
  });

  test('keeps the lineage edges of a version within one DynamoDB transaction of 100 items', () => {
    const { datasets, parents } = published.properties.training.properties;

    expect(datasets.maxItems + parents.maxItems + 1).toBeLessThanOrEqual(90);
  });

  test("is made by the generator alone, since handlers are built without zod's way to JSON Schema", () => {
    const callers = globSync('{core,functions}/**/*.ts', { cwd: root }).filter((path) =>
      readFileSync(join(root, path), 'utf8').includes('toJSONSchema('),
    );

    expect(callers.sort()).toEqual([
      'core/intake/manifest-schema.ts',
      'core/kernel/event-schema.ts',
      'core/rollout/routing-document-schema.ts',
      'core/telemetry/inference-event-schema.ts',
    ]);
  });
});
