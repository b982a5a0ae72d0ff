import { expect, test } from 'vitest';
import { drift } from '../../cli/drift.ts';
import { EXIT } from '../../cli/outcome.ts';
import type { Plane } from '../../cli/plane.ts';
import { ModelHealth } from '../../core/monitor/api.ts';
import { Stream } from '../../core/telemetry/contract.ts';

const AT = '2026-11-23T10:00:00.000Z';
const stream = Stream.parse({ model: 'fraud', version: '2', deployment: 'fraud-prod' });
const reason = { rule: 'drift.feature-drifted', message: 'age: PSI 0.41, was 0.03, limit 0.2, n 12 480' };
const finding = { signal: 'feature', n: 12_480, elevated: false };

const drifted = {
  outcome: 'drifted',
  reasons: [reason],
  history: 28,
  findings: [
    { ...finding, name: 'income', outcome: 'stable', message: 'income', psi: 0.02, usual: 0.02, limit: 0.2 },
    { ...finding, name: 'age', outcome: 'drifted', message: 'age', psi: 0.41, usual: 0.03, limit: 0.2 },
  ],
};

const healthOf = ({ wrong = false, failing = false } = {}) =>
  ModelHealth.parse({
    model: 'fraud',
    streams: [
      {
        stream,
        mark: {
          stream,
          environment: 'prod',
          checkedAt: AT,
          to: AT,
          report: null,
          wrong: wrong ? [{ signal: 'drift.feature-shifted', reasons: [reason] }] : [],
          drifted: [],
          accepted: [],
          objectives: [],
          worst: 2,
        },
        report: {
          reportVersion: 1,
          stream,
          environment: 'prod',
          from: '2026-11-22T10:00:00.000Z',
          to: AT,
          baseline: null,
          drift: drifted,
          schema: { outcome: 'kept', reasons: [], findings: [], undeclared: [], n: 12_480 },
          accepted: [],
        },
        failing: failing
          ? { since: AT, checks: ['drift'], failure: { error: 'SyntaxError', cause: 'Unexpected end' } }
          : null,
      },
    ],
    holds: [],
  });

const told = (health: ModelHealth | undefined) => drift('fraud', { ask: async () => health } as unknown as Plane);

test('each feature stands beside its limit, the worst first', async () => {
  const { text, exitCode } = await told(healthOf({ wrong: true }));

  expect(exitCode).toBe(EXIT.no);
  expect(text.split('\n')).toEqual([
    `✗ fraud 2 in fraud-prod, checked ${AT}`,
    '  ✗ age: PSI 0.41, was 0.03, limit 0.2, n 12 480',
    '  window 2026-11-22T10:00:00.000Z to 2026-11-23T10:00:00.000Z, 28 earlier windows; 12480 events: keep the schema',
    '  FEATURE  PSI   WAS   LIMIT  N',
    '  age      0.41  0.03  0.2    12480  █████│█████  drifted',
    '  income   0.02  0.02  0.2    12480  ·····│',
  ]);
});

test('too few events are no sign that all is well', async () => {
  const health = healthOf();
  const quiet = { outcome: 'not-enough-data', reasons: [], findings: [], undeclared: [], n: 0 } as const;
  const streams = health.streams.map((it) => ({ ...it, report: it.report && { ...it.report, schema: quiet } }));

  const { text } = await told(ModelHealth.parse({ ...health, streams }));

  expect(text).toContain('… fraud 2 in fraud-prod');
});

test.each([
  ['well', healthOf(), EXIT.yes],
  ['wrong', healthOf({ wrong: true }), EXIT.no],
  ['not watched', healthOf({ failing: true }), EXIT.unknown],
])('a model that is %s has an exit code of its own', async (_, health, code) => {
  expect((await told(health)).exitCode).toBe(code);
});

test('of a model that was never checked nothing can be told', async () => {
  await expect(told(undefined)).rejects.toMatchObject({ exitCode: EXIT.unknown });
});
