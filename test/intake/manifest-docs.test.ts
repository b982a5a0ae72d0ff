import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { GateRules } from '../../core/gates/contract.ts';
import { evaluateGates } from '../../core/gates/evaluate-gates.ts';
import { readManifest } from '../../core/intake/read-manifest.ts';

const page = readFileSync(new URL('../../docs/manifest.md', import.meta.url), 'utf8');
const schema = readFileSync(new URL('../../schemas/manifest.v1.schema.json', import.meta.url), 'utf8');

const fieldsIn = (value: unknown): string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([name, member]) => [
        ...(name === 'properties' ? Object.keys(member) : []),
        ...fieldsIn(member),
      ]);

describe('the page about the manifest', () => {
  test('shows a manifest that passes every gate of its tier', () => {
    const example = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '';

    const reading = readManifest(new TextEncoder().encode(example), { model: 'fraud', version: '1.4.0' });
    const report = reading.outcome === 'valid' ? evaluateGates(reading.manifest, GateRules.parse({})) : undefined;

    expect(reading).toMatchObject({ outcome: 'valid' });
    expect(report?.tier).toBe('standard');
    expect(report?.findings.filter(({ outcome }) => outcome !== 'pass')).toEqual([]);
  });

  test('names every field', () => {
    const missing = fieldsIn(JSON.parse(schema)).filter(
      (name) => !page.includes(`\`${name}\``) && !page.includes(`.${name}\``) && !page.includes(`\`${name}.`),
    );

    expect(missing).toEqual([]);
  });
});
