import { expect, test } from 'vitest';
import { hold } from '../../core/hold/contract.ts';
import type { Measure } from '../../core/kernel/metrics.ts';
import { type PublishPorts, publishFact } from '../../core/registry/publish-fact.ts';
import { eventContracts } from '../contract/guards/contracts.ts';
import { readSources } from '../contract/guards/source.ts';

const NOW = new Date('2026-03-01T12:00:05Z');

const plane = (bus: PublishPorts['bus'] = async () => {}, raise: PublishPorts['raise'] = async () => undefined) => {
  const measured: [string, number, Record<string, string>][] = [];
  const measure: Measure = ({ name }, value, ...[by]) => measured.push([name, value, by ?? {}]);
  return { publish: publishFact({ bus, raise, measure, clock: { now: () => NOW } }), measured };
};

const detail = (more: object = {}) => JSON.stringify({ occurredAt: '2026-03-01T12:00:00Z', ...more });

test('a fact that reached the bus is counted by its kind, with the time that it took', async () => {
  const { publish, measured } = plane();

  await publish({ type: 'rollout.rolled-back.v1', detail: detail() });

  expect(measured).toEqual([
    ['Facts', 1, { Kind: 'rollout.rolled-back' }],
    ['FactLag', 5000, {}],
  ]);
});

test('a fact that the bus refused is not counted, or its next try would be the second', async () => {
  const { publish, measured } = plane(() => Promise.reject(new Error('refused')));

  await expect(publish({ type: 'rollout.completed.v1', detail: detail() })).rejects.toThrow('refused');

  expect(measured).toEqual([]);
});

test('what a fact is to whoever watches for attacks is told after it, and counted too', async () => {
  const told: string[] = [];
  const raised = { type: 'security.finding-raised.v1', detail: detail() };
  const { publish, measured } = plane(
    async ({ type }) => void told.push(type),
    async () => raised,
  );

  await publish({ type: 'rollout.bypassed.v1', detail: detail() });

  expect(told).toEqual(['rollout.bypassed.v1', 'security.finding-raised.v1']);
  expect(measured.filter(([name]) => name === 'Facts').map(([, , by]) => by)).toEqual([
    { Kind: 'rollout.bypassed' },
    { Kind: 'security.finding-raised' },
  ]);
});

test('while it cannot be told, neither counts: both come again', async () => {
  const { publish, measured } = plane(
    ({ type }) => (type.startsWith('security') ? Promise.reject(new Error('refused')) : Promise.resolve()),
    async () => ({ type: 'security.finding-raised.v1', detail: detail() }),
  );

  await expect(publish({ type: 'rollout.bypassed.v1', detail: detail() })).rejects.toThrow('refused');

  expect(measured).toEqual([]);
});

test.each([
  [{ kind: 'signal', signal: 'drift.feature-shifted' }, 'drift'],
  [{ kind: 'person', arn: 'arn:aws:iam::111122223333:role/ada' }, 'person'],
])('a hold placed by %o is counted under %s', async (placedBy, Signal) => {
  const { publish, measured } = plane();

  await publish({ type: hold.events.placed.type, detail: detail({ severity: 'page', placedBy }) });

  expect(measured).toContainEqual(['HoldsPlaced', 1, { Severity: 'page', Signal }]);
});

test('a clock that is behind gives no negative lag', async () => {
  const { publish, measured } = plane();

  await publish({ type: 'hold.lifted.v1', detail: detail({ occurredAt: '2026-03-01T13:00:00Z' }) });

  expect(measured).toContainEqual(['FactLag', 0, {}]);
});

/** What others ask of the plane is on the bus too, and never passes its outbox. */
const isRequest = (type: string): boolean => type.includes('.requested.');

test('every fact that there is says when it occurred, and every hold what placed it', async () => {
  const goldens = readSources('events/**/*.json');

  for (const { type } of eventContracts.filter(({ type }) => !isRequest(type))) {
    const [capability, ...rest] = type.split('.');
    const { publish, measured } = plane();
    await publish({ type, detail: goldens.get(`events/${capability}/${rest.join('.')}.json`) ?? '{}' });
    expect(measured.map(([name]) => name)).toEqual(expect.arrayContaining(['Facts', 'FactLag']));
    expect(measured.some(([name]) => name === 'HoldsPlaced')).toBe(type === hold.events.placed.type);
  }
});
