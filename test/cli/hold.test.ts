import { expect, test } from 'vitest';
import { hold } from '../../cli/hold.ts';
import { holds } from '../../cli/holds.ts';
import { lift } from '../../cli/lift.ts';
import { EXIT } from '../../cli/outcome.ts';
import type { Plane } from '../../cli/plane.ts';
import { timeToCome } from '../../cli/when.ts';
import { holdApi } from '../../core/hold/api.ts';
import { Hold } from '../../core/hold/contract.ts';
import type { Act, Question } from '../../core/kernel/api.ts';
import { registryApi } from '../../core/registry/api.ts';

const now = new Date('2026-11-23T13:52:00.000Z');
const EVA = 'arn:aws:sts::111122223333:assumed-role/on-call/eva';

const drifted = Hold.parse({
  id: '8f1c02d97be45a60-17',
  fingerprint: '8f1c02d97be45a60',
  scope: { model: 'iris-forest', environment: 'prod' },
  deployment: 'iris-prod',
  effect: 'pause',
  severity: 'ticket',
  reason: { rule: 'drift.feature-shifted', message: 'petal-length: PSI 0.41', found: '0.41', allowed: '0.2' },
  evidence: [],
  runbook: 'drift#a-feature-shifted',
  placedBy: { kind: 'signal', signal: 'drift.feature-shifted' },
  placedAt: '2026-11-23T10:40:00.000Z',
  lastSeenAt: '2026-11-23T13:40:00.000Z',
  count: 4,
});

type Answers = { place?: object; lift?: object; list?: object; model?: object | Error };

/** A plane that gives these answers, and what it was asked with. */
const planeThat = (answers: Answers) => {
  const told: unknown[] = [];
  const plane = {
    address: async () => ({ stage: 'prod', region: 'r', apiUrl: 'https://api.example.com', modelBucket: 'b' }),
    ask: async (route: Question) => {
      if (route === holdApi.list) return answers.list;
      if (route === registryApi.model && answers.model instanceof Error) throw answers.model;
      return answers.model;
    },
    tell: async (route: Act, _: object, body: unknown) => {
      told.push(body);
      return route === holdApi.place ? answers.place : answers.lift;
    },
  } as unknown as Plane;
  return { plane, told };
};

const asked = { everything: false, reason: 'labels look wrong', effect: 'pause', severity: 'ticket' } as const;
const placing = (model: object | Error | undefined) =>
  planeThat({ place: { outcome: 'placed', hold: drifted }, ...(model && { model }) });

test('a hold is placed as it was asked for, and says how to lift it', async () => {
  const { plane, told } = placing({ versions: [{ version: '1.0.0' }] });
  const request = { ...asked, model: 'iris-forest', env: 'prod', expires: '2h' };

  const { exitCode, document, text } = await hold(request, plane, now);

  expect(told).toEqual([
    {
      scope: { model: 'iris-forest', version: undefined, environment: 'prod' },
      reason: 'labels look wrong',
      effect: 'pause',
      severity: 'ticket',
      expiresAt: '2026-11-23T15:52:00.000Z',
    },
  ]);
  expect([exitCode, document.outcome, document.warnings]).toEqual([EXIT.yes, 'placed', []]);
  expect(text).toContain('✓ iris-forest in prod is held from now on (ticket)');
  expect(text).toContain('clearance lift 8f1c02d97be45a60-17 --stage prod --reason');
});

test.each([
  ['nothing', {}, '--model'],
  ['everything and a name', { everything: true, env: 'prod' }, '--everything'],
  ['a version without its model', { version: '1.0.0' }, '--version'],
  ['an expiry that has passed', { env: 'prod', expires: '2026-11-23T10:00:00Z' }, '--expires'],
  ['an expiry without an offset', { env: 'prod', expires: '2026-11-24T10:00:00' }, '--expires'],
])('%s is a wrong call that names the option, and nothing is sent', async (_, request, path) => {
  const { plane, told } = placing(undefined);

  await expect(hold({ ...asked, ...request }, plane, now)).rejects.toMatchObject({
    exitCode: EXIT.usage,
    reason: { path },
  });
  expect(told).toEqual([]);
});

test.each([
  ['a model that is not registered', { model: 'iris-forst' }, undefined, 'no version of iris-forst is registered'],
  [
    'a version that is not registered',
    { model: 'iris-forest', version: '9' },
    { versions: [] },
    'iris-forest 9 is not registered',
  ],
])('%s is held all the same, with a warning that it may be a slip', async (_, request, known, warning) => {
  const { plane } = placing(known);

  const { exitCode, text } = await hold({ ...asked, ...request }, plane, now);

  expect(exitCode).toBe(EXIT.yes);
  expect(text).toContain(`! ${warning}`);
});

test('who may hold and not ask about models is not bothered with it', async () => {
  const { plane } = placing(new Error('HTTP 403'));

  const { document } = await hold({ ...asked, model: 'iris-forest' }, plane, now);

  expect(document.warnings).toEqual([]);
});

test('the gravest hold comes first, and each says what is held, why, since when, what to read and to type', async () => {
  const page = Hold.parse({ ...drifted, id: 'x-1', severity: 'page', placedBy: { kind: 'person', arn: EVA } });
  const { plane } = planeThat({ list: { holds: [drifted, page] } });

  const { exitCode, document, text } = await holds(plane, now);

  expect(exitCode).toBe(EXIT.yes);
  expect(document.holds.map(({ id }) => id)).toEqual(['x-1', drifted.id]);
  expect(text.split('\n\n')[0]).toBe('2 holds stand');
  expect(text.split('\n\n')[2]).toBe(
    [
      '! iris-forest in prod is held (ticket)',
      '  why      petal-length: PSI 0.41; found 0.41; allowed: 0.2',
      '  seen on  iris-prod',
      '  effect   pause: no rollout moves on and admission says no; what serves goes on serving',
      '  placed   2026-11-23T10:40:00.000Z, 3 h 12 min ago, by the check drift.feature-shifted, asked for 4 times, the last time 12 min ago',
      '  ends     when somebody lifts it',
      '  runbook  docs/runbooks/drift.md#a-feature-shifted',
      '  lift     clearance lift 8f1c02d97be45a60-17 --stage prod --reason "…"',
    ].join('\n'),
  );
});

test('where nothing is held it says so', async () => {
  const { plane } = planeThat({ list: { holds: [] } });

  expect((await holds(plane, now)).text).toBe('✓ nothing is held');
});

const lifted = {
  ...drifted,
  lifted: { at: '2026-11-23T13:50:00.000Z', by: { kind: 'person', arn: EVA }, reason: 'ok' },
};

test.each([
  [
    'that stands',
    { outcome: 'lifted', hold: lifted },
    EXIT.yes,
    'held no longer by 8f1c02d97be45a60-17, after 3 h 12 min',
  ],
  ['that somebody lifted before', { outcome: 'not-standing', hold: lifted }, EXIT.yes, `${EVA} lifted it`],
  [
    'that expired',
    { outcome: 'not-standing', hold: { ...drifted, expiresAt: '2026-11-23T12:00:00.000Z' } },
    EXIT.yes,
    'it expired at 2026-11-23T12:00:00.000Z',
  ],
  ['that never was', undefined, EXIT.no, 'there never was a hold'],
])('lifting a hold %s says what became of it', async (_, answer, exitCode, sentence) => {
  const { plane } = planeThat(answer === undefined ? {} : { lift: answer });

  const outcome = await lift({ hold: drifted.id, reason: 'mended' }, plane, now);

  expect(outcome.exitCode).toBe(exitCode);
  expect(outcome.text).toContain(sentence);
});

test.each([
  ['30m', '2026-11-23T14:22:00.000Z'],
  ['3d', '2026-11-26T13:52:00.000Z'],
  ['2026-11-24T18:00:00+01:00', '2026-11-24T17:00:00.000Z'],
])('%s is a time to come', (said, time) => {
  expect(timeToCome('--expires', said, now)).toBe(time);
});

test.each(['', '0h', '2 h', 'tomorrow', '2026-11-24', '-1h', '99999999d'])('%o is no time', (said) => {
  expect(() => timeToCome('--expires', said, now)).toThrow('this is no time');
});
