import { expect, test } from 'vitest';
import type { EventContract } from '../../core/kernel/contract.ts';
import { eventContracts } from './guards/contracts.ts';
import { readSources, type Sources } from './guards/source.ts';

/** Golden examples without a contract or against it, contracts without an example. */
const goldenFaults = (goldens: Sources, events: readonly EventContract[]): string[] => {
  const byPath = new Map(
    events.map((event) => {
      const [capability, ...fact] = event.type.split('.');
      return [`events/${capability}/${fact.join('.')}.json`, event];
    }),
  );
  return [
    ...[...byPath.keys()].filter((path) => !goldens.has(path)).map((path) => `${path} is missing`),
    ...[...goldens].flatMap(([path, text]) => {
      const event = byPath.get(path);
      if (event === undefined) return [`${path} is an example of no event`];
      const parsed = event.detail.safeParse(JSON.parse(text));
      return parsed.success
        ? []
        : parsed.error.issues.map((issue) => `${path}: ${issue.path.join('.')}: ${issue.message}`);
    }),
  ];
};

const goldens = readSources('events/**/*.json');

test('every event has a golden example that its contract accepts, and no example stands alone', () => {
  expect(eventContracts.length).toBeGreaterThan(0);

  expect(goldenFaults(goldens, eventContracts)).toEqual([]);
});

const [path = '', text = '{}'] = [...goldens][0] ?? [];

test.each<[string, Sources, string]>([
  ['a missing example', new Map([...goldens].slice(1)), `${path} is missing`],
  [
    'an example of no event',
    new Map([...goldens, ['events/intake/planted.v1.json', '{}']]),
    'is an example of no event',
  ],
  [
    'an example that lacks its id',
    new Map([...goldens, [path, JSON.stringify({ ...JSON.parse(text), id: undefined })]]),
    `${path}: id: Invalid input`,
  ],
])('%s is found', (_, faulty, sentence) => {
  expect(goldenFaults(faulty, eventContracts)).toContainEqual(expect.stringContaining(sentence));
});
