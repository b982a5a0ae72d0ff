import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { liftHold } from '../../core/hold/lift-hold.ts';
import { CheckFailed, CheckReport, VerdictChanged } from '../../core/monitor/contract.ts';
import { objectivesOf, SloDocument } from '../../core/slo/slo-document.ts';
import { Stream, type Tally, type Window } from '../../core/telemetry/contract.ts';
import { feature } from '../support/inference.ts';
import { memoryMonitor } from '../support/memory-monitor.ts';
import { randomness, tallyOf } from '../support/observed.ts';
import { availabilitySlo } from '../support/slo.ts';

const NOON = Date.parse('2026-11-23T12:00:00Z');
const minute = (index: number): string => new Date(NOON + index * 60_000).toISOString();
const FEATURES = [feature('age', 'number'), feature('income', 'number')];
const EVERY_MINUTE = { windows: { windowMinutes: 1, historyDays: 0 }, drift: { minimumSample: 100 }, lateMinutes: 0 };
const eva = { kind: 'person', arn: 'arn:aws:iam::111122223333:user/eva' } as const;

const streamOf = (model: string, version = '1'): Stream =>
  Stream.parse({ model, version, deployment: `${model}-production` });
const deployed = ['credit-risk', 'fraud'].map((model) => ({
  name: `${model}-production`,
  model,
  environment: 'production',
}));
const credit = streamOf('credit-risk');

type Traffic = { readonly n?: number; readonly shift?: number; readonly errors?: number; readonly rename?: boolean };

const traffic = (seed: number, { n = 300, shift = 0, errors = 0, rename = false }: Traffic = {}): Tally => {
  const { normal } = randomness(seed);
  const rows = Array.from({ length: n }, () => ({
    [rename ? 'years' : 'age']: 40 + 10 * (shift + normal()),
    income: Math.exp(normal()),
  }));
  return { ...tallyOf(rows, FEATURES), requests: n, errors };
};
const baseline = traffic(1, { n: 5000 });

const windowAt = (stream: Stream, index: number, tally: Tally): Window => ({
  windowVersion: 1,
  grain: 'minute',
  start: minute(index),
  stream,
  tally,
});

type Planes = Omit<Parameters<typeof memoryMonitor>[0], 'deployed'>;

/** Two deployed models whose traffic is checked every minute. */
const watched = (more: Planes = {}) => {
  const plane = memoryMonitor({ rules: EVERY_MINUTE, deployed, ...more });
  const see = (stream: Stream, index: number, what: Traffic = {}) => {
    const window = windowAt(stream, index, traffic(100 + index, what));
    plane.of(stream).windows.set(`minute ${window.start}`, window);
  };
  plane.of(credit).baseline = baseline;
  return { ...plane, see };
};

const factsOf = (plane: { facts: readonly { type: string; detail: unknown }[] }, type: string) =>
  plane.facts.filter((fact) => fact.type === type).map(({ detail }) => detail);

describe('a window of shifted inputs', () => {
  test('pauses the version in its environment, names the feature with its numbers, and leaves evidence', async () => {
    const plane = watched();
    plane.see(credit, 0, { shift: 3 });

    await plane.run(minute(1));

    const [hold, ...others] = plane.held.now().holds;
    expect(others).toEqual([]);
    expect(hold).toMatchObject({
      scope: { model: 'credit-risk', version: '1', environment: 'production' },
      deployment: 'credit-risk-production',
      effect: 'pause',
      severity: 'page',
      runbook: 'drift#a-feature-shifted',
      placedBy: { kind: 'signal', signal: 'drift.feature-shifted' },
      reason: { message: expect.stringMatching(/^age: PSI \d[\d.]*, limit 1(\.\d+)?, n 300$/) },
    });
    const { key } = hold?.evidence[0] ?? { key: '' };
    expect(key).toBe('monitor/credit-risk/1/credit-risk-production/2026-11-23T12:01:00.000Z.json');
    expect(CheckReport.parse(JSON.parse(plane.documents.get(key) ?? ''))).toMatchObject({
      from: minute(0),
      to: minute(1),
      drift: { outcome: 'drifted' },
      schema: { outcome: 'kept' },
    });
    expect(factsOf(plane, 'monitor.verdict-changed.v1').map((detail) => VerdictChanged.parse(detail))).toEqual([
      expect.objectContaining({ began: ['drift.feature-shifted'], ended: [], model: 'credit-risk' }),
    ]);
  });

  test('pages for a model that much depends on, and is a ticket for another', async () => {
    const plane = watched({ tier: 'light' });
    plane.see(credit, 0, { shift: 3 });

    await plane.run(minute(1));

    expect(plane.held.now().holds).toMatchObject([{ severity: 'ticket' }]);
  });

  test('that is over is told, and the hold stands until a person lifts it', async () => {
    const plane = watched();
    plane.see(credit, 0, { shift: 3 });
    plane.see(credit, 1);

    await plane.run(minute(1));
    await plane.run(minute(2));

    expect(plane.held.now().holds).toHaveLength(1);
    expect(factsOf(plane, 'monitor.verdict-changed.v1')[1]).toMatchObject({ ended: ['drift.feature-shifted'] });
  });

  test('followed by too little traffic is neither over nor told again', async () => {
    const plane = watched();
    plane.see(credit, 0, { shift: 3 });
    plane.see(credit, 1, { n: 20 });

    await plane.run(minute(1));
    await plane.run(minute(2));

    expect(plane.marks.get('credit-risk/1/credit-risk-production')?.wrong).toMatchObject([
      { signal: 'drift.feature-shifted' },
    ]);
    expect(factsOf(plane, 'monitor.verdict-changed.v1')).toHaveLength(1);
  });
});

describe('a drift that a person accepted by lifting its hold', () => {
  const accepted = async () => {
    const plane = watched();
    plane.see(credit, 0, { shift: 3 });
    await plane.run(minute(1));
    const [hold] = plane.held.now().holds;
    const lift = liftHold({ holds: plane.held.holds, clock: { now: () => new Date(minute(1)) } });
    await lift({ id: hold?.id ?? '', by: eva, reason: 'a campaign among the old' });
    return plane;
  };

  test('may go on', async () => {
    const plane = await accepted();
    plane.see(credit, 1, { shift: 3 });

    await plane.run(minute(2));

    expect(plane.held.now().holds).toEqual([]);
  });

  test('is held again when it grows', async () => {
    const plane = await accepted();
    plane.see(credit, 1, { shift: 30, n: 3000 });

    await plane.run(minute(2));

    expect(plane.held.now().holds).toHaveLength(1);
  });

  test('is news again once it was over', async () => {
    const plane = await accepted();
    plane.see(credit, 1);
    plane.see(credit, 2, { shift: 3 });

    await plane.run(minute(2));
    await plane.run(minute(3));

    expect(plane.held.now().holds).toHaveLength(1);
  });
});

test('a renamed feature breaks the schema, with or without a baseline', async () => {
  for (const reference of [baseline, undefined]) {
    const plane = watched();
    plane.of(credit).baseline = reference;
    plane.see(credit, 0, { rename: true });

    await plane.run(minute(1));

    const hold = plane.held.now().holds.find(({ runbook }) => runbook === 'drift#the-schema-broke');
    expect(hold?.reason).toMatchObject({ rule: 'drift.schema-renamed', fix: expect.stringContaining('"years"') });
  }
});

test('healthy traffic is silent at any volume', async () => {
  for (const n of [150, 300, 30_000]) {
    const plane = watched({ objectives: objectivesOf(SloDocument.parse(availabilitySlo())) });
    for (let index = 0; index < 3; index += 1) plane.see(credit, index, { n, errors: Math.floor(n * 0.0005) });

    for (let index = 1; index <= 3; index += 1) await plane.run(minute(index));

    expect(plane.held.now().holds).toEqual([]);
    expect([...plane.facts, ...plane.held.facts]).toEqual([]);
    expect(plane.documents.size).toBe(3);
  }
});

test('an error budget that burns fast pages and pauses; its evidence has the tiers', async () => {
  const plane = watched({ objectives: objectivesOf(SloDocument.parse(availabilitySlo())) });
  for (let index = 0; index < 3; index += 1) plane.see(credit, index, { errors: 30 });

  await plane.run(minute(3));

  expect(plane.held.now().holds).toMatchObject([
    {
      severity: 'page',
      effect: 'pause',
      placedBy: { signal: 'slo.budget-burning' },
      reason: { message: expect.stringMatching(/credit-risk-availability burns its error budget 100 times too fast/) },
    },
  ]);
  expect([...plane.documents.keys()].filter((key) => key.includes('/burn-'))).toHaveLength(1);
});

describe('what cannot be judged does not stop the rest:', () => {
  const objectives = objectivesOf(SloDocument.parse(availabilitySlo()));
  const signalsHeld = (plane: ReturnType<typeof watched>) =>
    plane.held.now().holds.map(({ placedBy }) => 'signal' in placedBy && placedBy.signal);
  const checkFailures = (plane: ReturnType<typeof watched>) =>
    factsOf(plane, 'monitor.check-failed.v1').map((detail) => CheckFailed.parse(detail));

  test('with a damaged baseline the schema and the budgets are watched, and drift is told to be unwatched, once', async () => {
    const plane = watched({ objectives });
    plane.of(credit).baseline = 'broken';
    for (let index = 0; index < 2; index += 1) plane.see(credit, index, { rename: true, errors: 30 });

    await plane.run(minute(1));
    await plane.run(minute(2));

    expect(signalsHeld(plane).toSorted()).toEqual(['drift.schema-broken', 'slo.budget-burning']);
    expect(checkFailures(plane)).toMatchObject([{ checks: ['drift'], error: 'SyntaxError' }]);
    expect(plane.measured.filter(([name]) => name === 'ChecksFailed')).toHaveLength(2);
  });

  test('with an unreadable window the budgets are watched', async () => {
    const plane = watched({ objectives });
    for (let index = 0; index < 3; index += 1) plane.see(credit, index, { errors: 30 });
    plane.of(credit).unreadable = `minute ${minute(2)}`;

    await plane.run(minute(3));

    expect(signalsHeld(plane)).toEqual(['slo.budget-burning']);
    expect(checkFailures(plane)).toMatchObject([{ checks: ['drift', 'schema'] }]);
  });

  test('with an unreadable earlier window the schema of the current one is watched', async () => {
    const plane = watched({ rules: { drift: { minimumSample: 100 } } });
    plane.of(credit).baseline = baseline;
    const hour = { ...windowAt(credit, 0, traffic(3, { rename: true })), grain: 'hour' as const };
    plane.of(credit).windows.set(`hour ${minute(0)}`, hour);
    plane.of(credit).unreadable = 'day 2026-11-20T00:00:00.000Z';

    await plane.run(minute(75));

    expect(signalsHeld(plane)).toEqual(['drift.schema-broken']);
    expect(checkFailures(plane)).toMatchObject([{ checks: ['drift'] }]);
  });

  test('with unreadable objectives drift is watched, and a budget that burnt is not said to be over', async () => {
    const plane = watched({ objectives });
    for (let index = 0; index < 3; index += 1) plane.see(credit, index, { errors: 30 });
    await plane.run(minute(3));
    plane.see(credit, 3, { shift: 3 });
    plane.breakObjectives();

    await plane.run(minute(4));

    expect(signalsHeld(plane)).toContain('drift.feature-shifted');
    expect(checkFailures(plane)).toMatchObject([{ checks: ['slo'] }]);
    expect(plane.marks.get('credit-risk/1/credit-risk-production')?.wrong.map(({ signal }) => signal)).toEqual([
      'drift.feature-shifted',
      'slo.budget-burning',
    ]);
  });

  test('windows of which only drift is missing are made up for, and their schema asks for no second hold', async () => {
    const plane = watched();
    plane.see(credit, 0);
    await plane.run(minute(1));
    plane.of(credit).baseline = 'broken';
    plane.see(credit, 1, { rename: true });
    plane.see(credit, 2, { n: 20 });
    await plane.run(minute(2));
    const [hold] = plane.held.now().holds;
    const lift = liftHold({ holds: plane.held.holds, clock: { now: () => new Date(minute(2)) } });
    await lift({ id: hold?.id ?? '', by: eva, reason: 'mended' });
    await plane.run(minute(3));
    plane.of(credit).baseline = baseline;

    await plane.run(minute(4));

    expect(plane.held.now().holds).toEqual([]);
    expect([...plane.documents.keys()].map((key) => key.split('/').at(-1)).toSorted()).toEqual([
      ...[1, 2, 3, 4].map((index) => `${minute(index)}.json`),
      ...[2, 3].map((index) => `schema-${minute(index)}.json`),
    ]);
    expect(plane.marks.get('credit-risk/1/credit-risk-production')).toMatchObject({ to: minute(4), failed: [] });
  });
});

describe('inputs that shift out of their declared range', () => {
  const RANGED = [feature('age', 'number', { minimum: 0, maximum: 90 }), feature('income', 'number')];
  const agesUpTo = (seed: number, shift: number, rename = false): Tally => {
    const { normal } = randomness(seed);
    const rows = Array.from({ length: 300 }, () => ({
      age: 40 + 10 * (shift + normal()),
      [rename ? 'earnings' : 'income']: Math.exp(normal()),
    }));
    return { ...tallyOf(rows, RANGED), requests: 300 };
  };

  test('are one cause and one hold, which names the shift and the range', async () => {
    const plane = watched();
    plane.of(credit).windows.set(`minute ${minute(0)}`, windowAt(credit, 0, agesUpTo(7, 5)));

    await plane.run(minute(1));

    expect(plane.held.now().holds).toMatchObject([
      {
        placedBy: { signal: 'drift.feature-shifted' },
        severity: 'page',
        reason: { message: expect.stringMatching(/^age: PSI [^;]+; age is outside the declared range in \d/) },
      },
    ]);
    expect(plane.held.facts).toHaveLength(1);
    expect(plane.marks.get('credit-risk/1/credit-risk-production')?.wrong).toHaveLength(2);
  });

  test('hide no other feature that breaks the schema', async () => {
    const plane = watched();
    plane.of(credit).windows.set(`minute ${minute(0)}`, windowAt(credit, 0, agesUpTo(7, 5, true)));

    await plane.run(minute(1));

    const holds = plane.held.now().holds;
    expect(holds.map(({ runbook }) => runbook)).toEqual(['drift#a-feature-shifted', 'drift#the-schema-broke']);
    expect(holds[1]?.reason.message).toContain('income is missing');
  });
});

describe('a model that cannot be checked', () => {
  const broken = () => {
    const plane = watched();
    const fraud = streamOf('fraud');
    plane.of(fraud).baseline = 'broken';
    plane.see(fraud, 0, { shift: 3 });
    plane.see(credit, 0, { shift: 3 });
    return { plane, fraud };
  };

  test('does not stop the others, and is told once', async () => {
    const { plane } = broken();

    await plane.run(minute(1));
    await plane.run(minute(2));

    expect(plane.held.now().holds).toMatchObject([{ scope: { model: 'credit-risk' } }]);
    expect(factsOf(plane, 'monitor.check-failed.v1').map((detail) => CheckFailed.parse(detail))).toEqual([
      expect.objectContaining({
        model: 'fraud',
        checks: ['drift'],
        error: 'SyntaxError',
        cause: expect.stringContaining('JSON input'),
      }),
    ]);
    expect(plane.measured.filter(([name]) => name === 'ChecksFailed')).toHaveLength(2);
  });

  test('is made up for once it can, and told anew when it cannot again', async () => {
    const { plane, fraud } = broken();

    await plane.run(minute(1));
    plane.of(fraud).baseline = baseline;
    await plane.run(minute(2));
    plane.of(fraud).baseline = 'broken';
    await plane.run(minute(3));

    expect(factsOf(plane, 'monitor.check-failed.v1')).toHaveLength(2);
  });
});

test('missed runs are made up for, up to a bound, and each window has its report', async () => {
  const plane = watched({ rules: { ...EVERY_MINUTE, catchUp: 4 } });
  for (let index = 0; index < 9; index += 1) plane.see(credit, index, { shift: index === 6 ? 3 : 0 });

  await plane.run(minute(1));
  await plane.run(minute(9));

  const ends = [...plane.documents.keys()].map((key) => key.split('/').at(-1)?.slice(14, 16));
  expect(ends.toSorted()).toEqual(['01', '06', '07', '08', '09']);
  expect(plane.held.now().holds).toHaveLength(1);
});

test('what nobody deployed is counted and not checked', async () => {
  const plane = watched();
  plane.see(Stream.parse({ model: 'credit-risk', version: '1', deployment: 'my-laptop' }), 0, { shift: 3 });
  plane.see(Stream.parse({ model: 'fraud', version: '1', deployment: 'credit-risk-production' }), 0, { shift: 3 });

  const listed = await plane.run(minute(1));

  expect(listed).toEqual({ streams: [], unknown: 2, left: 0, silent: [] });
  expect(plane.documents.size).toBe(0);
});

test('a deployment that sent events and stopped is told of, and one that another version speaks for is not', async () => {
  const plane = watched({ rules: { ...EVERY_MINUTE, silentMinutes: 60 } });
  plane.see(credit, 0);
  plane.see(streamOf('fraud'), 0);
  plane.see(streamOf('fraud', '2'), 30);

  const listed = [await plane.run(minute(60)), await plane.run(minute(62)), await plane.run(minute(92))];

  expect(listed.map(({ silent }) => silent)).toEqual([
    [],
    ['credit-risk-production'],
    ['credit-risk-production', 'fraud-production'],
  ]);
  expect(plane.measured.filter(([name]) => name === 'DeploymentsSilent').map(([, value]) => value)).toEqual([0, 1, 2]);
});

test('a stream that fell silent is left alone', async () => {
  const plane = watched();
  plane.see(credit, 0);

  const listed = [await plane.run(minute(1)), await plane.run(minute(2000))];

  expect(listed.map(({ streams }) => streams.length)).toEqual([1, 0]);
});

describe('runs', () => {
  const story = () => {
    const plane = watched();
    for (let index = 0; index < 4; index += 1) {
      plane.see(credit, index, { shift: index === 1 ? 3 : 0 });
      plane.see(streamOf('fraud'), index);
    }
    return plane;
  };

  test('of one moment, delivered again or at once, are one run', async () => {
    const once = story();
    for (let index = 1; index <= 4; index += 1) await once.run(minute(index));

    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 4, maxLength: 4 }), async (times) => {
        const plane = story();
        for (let index = 1; index <= 4; index += 1)
          await Promise.all(Array.from({ length: times[index - 1] ?? 1 }, () => plane.run(minute(index))));

        expect(plane.state()).toEqual(once.state());
      }),
      { numRuns: 15 },
    );
  });

  test('in any order, late or at once, leave one report for each window and one hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([1, 2, 3, 4, 1, 2, 3, 4], { minLength: 8 }), async (order) => {
        const plane = story();

        await Promise.all(order.map((index) => plane.run(minute(index))));
        await plane.run(minute(4));

        expect(plane.marks.get('credit-risk/1/credit-risk-production')).toMatchObject({ to: minute(4), wrong: [] });
        expect(plane.held.now().holds.length).toBeLessThanOrEqual(1);
        expect(plane.held.facts.length).toBe(plane.held.now().holds.length);
      }),
      { numRuns: 15 },
    );
  });

  test.each(['list', 'hold', 'record'])('killed before %s are made up for by the next', async (victim) => {
    const plane = story();

    await plane.run(minute(1));
    await expect(plane.run(minute(2), (step) => step === victim)).rejects.toThrow('killed');
    await plane.run(minute(3));

    expect(plane.held.now().holds).toMatchObject([{ reason: { message: expect.stringContaining('age: PSI') } }]);
    expect(plane.held.facts).toHaveLength(1);
    expect([...plane.documents.keys()].filter((key) => key.includes('credit-risk'))).toHaveLength(3);
  });
});

test('a check of a day and a month takes at most 60 reads, whatever the traffic was', async () => {
  const plane = memoryMonitor({ deployed, objectives: objectivesOf(SloDocument.parse(availabilitySlo())) });
  const noon = new Date(NOON).toISOString();
  plane.of(credit).windows.set(`hour ${noon}`, { ...windowAt(credit, 0, traffic(5, { n: 50_000 })), grain: 'hour' });
  plane.of(credit).baseline = baseline;

  await plane.run('2026-11-23T13:15:00.000Z');

  // Of the mark, the objectives, and of the baseline: the version, its manifest, the counts.
  const others = 1 + 1 + 3;
  expect(plane.documents.size).toBe(1);
  expect(plane.reads.windows + plane.reads.minutes + others).toBeLessThanOrEqual(60);
});
