import { expect, test } from 'vitest';
import { answerDrift } from '../../core/monitor/answer-drift.ts';
import { ModelHealth } from '../../core/monitor/api.ts';
import { Stream } from '../../core/telemetry/contract.ts';
import { feature } from '../support/inference.ts';
import { memoryMonitor } from '../support/memory-monitor.ts';
import { tallyOf } from '../support/observed.ts';

const FEATURES = [feature('age', 'number')];
const ages = (from: number) =>
  tallyOf(
    Array.from({ length: 200 }, (_, index) => ({ age: from + (index % 50) })),
    FEATURES,
  );
const rules = { windows: { windowMinutes: 1, historyDays: 0 }, drift: { minimumSample: 100 }, lateMinutes: 0 };
const deployed = [{ name: 'd', model: 'credit-risk', environment: 'production' }];
const clock = { now: () => new Date('2026-11-23T12:05:00Z') };

/** One model whose first version is well, and whose second one got other inputs or cannot be checked. */
const watched = async (second: 'shifted' | 'broken') => {
  const plane = memoryMonitor({ rules, deployed });
  for (const version of ['1', '2']) {
    const stream = Stream.parse({ model: 'credit-risk', version, deployment: 'd' });
    const tally = version === '2' && second === 'shifted' ? ages(500) : ages(20);
    const start = '2026-11-23T12:00:00.000Z';
    plane.of(stream).windows.set(`minute ${start}`, { windowVersion: 1, grain: 'minute', start, stream, tally });
    plane.of(stream).baseline = version === '2' && second === 'broken' ? 'broken' : ages(20);
  }
  await plane.run('2026-11-23T12:01:00.000Z');
  const answer = answerDrift({ checks: plane.checks, holds: plane.held.holds, evidence: plane.evidence, clock });
  return answer('credit-risk');
};

test('tells how each version stands, its last report and what holds it', async () => {
  const health = ModelHealth.parse(await watched('shifted'));

  const byVersion = health.streams.toSorted((a, b) => (a.stream.version < b.stream.version ? -1 : 1));
  expect(byVersion.map(({ stream, mark }) => [stream.version, mark?.wrong.map(({ signal }) => signal)])).toEqual([
    ['1', []],
    ['2', ['drift.feature-shifted']],
  ]);
  expect(byVersion[1]?.report?.drift?.findings[0]).toMatchObject({ name: 'age', outcome: 'drifted' });
  expect(health.holds).toMatchObject([{ scope: { version: '2' } }]);
});

test('tells since when a version cannot be checked, that was never checked before', async () => {
  const health = ModelHealth.parse(await watched('broken'));

  const second = health.streams.find(({ stream }) => stream.version === '2');
  expect(second).toMatchObject({
    mark: { to: null },
    report: { drift: null, schema: { outcome: 'kept' } },
    failing: { checks: ['drift'], failure: { error: 'SyntaxError' } },
  });
});

test('knows nothing of a model that was never checked', async () => {
  const plane = memoryMonitor({ deployed });

  const answer = answerDrift({ checks: plane.checks, holds: plane.held.holds, evidence: plane.evidence, clock });

  expect(await answer('credit-risk')).toBeUndefined();
});
