import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineEvent, jsonEnv } from '../../core/kernel/contract.ts';

const Detail = z.object({ id: z.string() });

describe('an event type', () => {
  test.each(['registry.version-registered.v1', 'hold.placed.v12', 'drift.window-judged.v3'])('may be %j', (type) => {
    expect(defineEvent(type, Detail)).toEqual({ type, detail: Detail });
  });

  test.each([
    'registry.version-registered',
    'registry.version-registered.1',
    'registry.version-registered.v0',
    'registry.version-registered.v01',
    'Registry.VersionRegistered.v1',
    'registry.version_registered.v1',
    'registry.version-.v1',
    'registry..v1',
    '-.registered.v1',
    'version-registered.v1',
    'registry.version.registered.v1',
    'registry.version-registered.v1\n',
  ])('may not be %j', (type) => {
    expect(() => defineEvent(type, Detail)).toThrow(`${type}: expected capability.past-tense.vN`);
  });
});

describe('an environment variable that holds JSON', () => {
  const limits = jsonEnv(z.strictObject({ files: z.int().min(1).default(10) }));

  test('is read as the document, with its defaults', () => {
    expect(limits.parse('{"files":3}')).toEqual({ files: 3 });
    expect(limits.parse('{}')).toEqual({ files: 10 });
  });

  test.each([
    ['text that is not JSON', 'files=3', 'expected a JSON document'],
    ['nothing', '', 'expected a JSON document'],
    ['a document of another shape', '{"files":0}', '>=1'],
    ['a name that nobody reads', '{"flies":3}', 'flies'],
  ])('refuses %s', (_what, text, message) => {
    const { error } = limits.safeParse(text);

    expect(error?.issues).toHaveLength(1);
    expect(error?.issues[0]?.message).toContain(message);
  });
});
