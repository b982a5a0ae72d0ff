import { beforeAll, expect, test } from 'vitest';
import { HoldPlaced } from '../../core/hold/contract.ts';
import { CheckFailed, VerdictChanged } from '../../core/monitor/contract.ts';
import { listenOnBus } from '../support/bus-listener.ts';
import type { Plane } from '../support/flight.ts';
import { eventually, sharedLocalAws } from '../support/local.ts';
import { onCallAt } from '../support/on-call.ts';
import {
  checkAt,
  lastChecked,
  play,
  promise,
  putCounts,
  reportsOf,
  statusOf,
  type Watched,
  watch,
} from '../support/watched.ts';

const MINUTE = 60_000;

let plane: Plane;
let bus: Awaited<ReturnType<typeof listenOnBus>>;
let pages: Awaited<ReturnType<typeof onCallAt>>;
const models = {} as Record<'shifted' | 'healthy' | 'broken' | 'burning' | 'missed', Watched>;

/** Everything of a type that was heard about a model so far; a hold names it in its scope. */
const factsOf = async ({ stream }: Watched, type: string) => {
  await bus.factsAbout(stream.model, 0);
  return bus.heard
    .filter(({ detail }) =>
      [detail.model, (detail.scope as { model?: string } | undefined)?.model].includes(stream.model),
    )
    .filter((fact) => fact['detail-type'].startsWith(type))
    .map(({ detail }) => detail);
};

const firstFact = (what: string, watched: Watched, type: string) =>
  eventually(what, async () => (await factsOf(watched, type))[0], { every: 500 });

beforeAll(async () => {
  plane = await sharedLocalAws('plain');
  bus = await listenOnBus(plane);
  pages = await onCallAt(plane, plane.outputs.PageTopicArn);
  for (const name of ['shifted', 'healthy', 'broken', 'burning', 'missed'] as const) models[name] = await watch(plane);
  await putCounts(plane, models.broken.baseline, '{"baselineVersion":1,');
  await Promise.all([promise(plane, models.burning), promise(plane, models.broken), promise(plane, models.healthy)]);
});

test('the schedule finds shifted inputs and burning budgets within a minute or so, and leaves the rest in peace', async () => {
  const { shifted, healthy, broken, burning } = models;
  const began = Date.now();
  const at = new Date();
  await Promise.all([
    play(plane, shifted, { at, count: 300, shift: { alcohol: 5 } }),
    play(plane, healthy, { at, count: 300 }),
    play(plane, healthy, { at, count: 30_000, seed: 2 }),
    play(plane, broken, { at, count: 300, failing: 0.5 }),
    play(plane, burning, { at, count: 300, failing: 0.5 }),
  ]);

  const held = await firstFact('a hold on the model whose inputs shifted', shifted, 'hold.placed');
  const seconds = (Date.now() - began) / 1000;
  console.error(`      held after ${seconds.toFixed(0)} s`);

  expect(seconds).toBeLessThan(150);
  expect(HoldPlaced.parse(held)).toMatchObject({
    scope: { model: shifted.stream.model, version: '1.0.0', environment: 'production' },
    deployment: shifted.stream.deployment,
    severity: 'page',
    reason: { message: expect.stringMatching(/^alcohol: PSI \d/), path: '$.features["alcohol"]' },
    runbook: 'drift#a-feature-shifted',
  });
  const failed = await firstFact('word of the model that could not be checked', broken, 'monitor.check-failed');
  expect(CheckFailed.parse(failed)).toMatchObject({
    deployment: broken.stream.deployment,
    checks: ['drift'],
    error: 'SyntaxError',
  });
  const burnt = await Promise.all([
    firstFact('a hold on the model whose budget burns', burning, 'hold.placed'),
    firstFact('a hold on the model of which only drift cannot be judged', broken, 'hold.placed'),
  ]);
  expect(burnt.map((fact) => HoldPlaced.parse(fact))).toMatchObject(
    [burning, broken].map(({ stream: { model } }) => ({
      scope: { model, environment: 'production' },
      effect: 'pause',
      severity: 'page',
      reason: {
        message: expect.stringContaining(`${model}-answers burns its error budget 50 times too fast: 50 % of 300`),
      },
      runbook: 'slo#the-budget-burns',
    })),
  );
  const page = await eventually(
    'the page about the budget',
    async () => (await pages.heard()).find(({ Message }) => Message.includes(`${burning.stream.model}-answers`)),
    { every: 500 },
  );
  expect(page.Message).toMatch(/Signal +slo\.budget-burning/);
  const changed = await firstFact('the change of the verdict', shifted, 'monitor.verdict-changed');
  expect(VerdictChanged.parse(changed)).toMatchObject({
    began: expect.arrayContaining(['drift.feature-shifted']),
    ended: [],
  });
  expect([...(await factsOf(healthy, 'hold.')), ...(await factsOf(healthy, 'monitor.'))]).toEqual([]);
  expect(Object.keys(await reportsOf(plane, healthy)).length).toBeGreaterThan(0);
});

test('windows that were missed are made up for, and a check that is started twice leaves each report once', async () => {
  const { missed } = models;
  const now = Math.floor(Date.now() / MINUTE) * MINUTE;
  const minutesAgo = (minutes: number) => new Date(now - minutes * MINUTE);
  await lastChecked(plane, missed, minutesAgo(6));
  await play(plane, missed, { at: new Date(now - 3.5 * MINUTE), count: 300, shift: { proline: 5000 } });
  await play(plane, missed, { at: new Date(now - 1.5 * MINUTE), count: 300, seed: 3 });
  await eventually('the traffic to be counted', async () => {
    const arn = await checkAt(plane, minutesAgo(0).toISOString());
    const twin = await checkAt(plane, minutesAgo(0).toISOString());
    for (const execution of [arn, twin]) await eventually('the check to end', () => statusOf(plane, execution));
    const reports = await reportsOf(plane, missed);
    return Object.keys(reports).length > 0 ? reports : undefined;
  });

  const reports = await reportsOf(plane, missed);

  expect(Object.keys(reports)).toEqual(
    expect.arrayContaining([5, 4, 3, 2, 1, 0].map((m) => `${minutesAgo(m).toISOString()}.json`)),
  );
  expect(new Set(Object.values(reports))).toEqual(new Set([1]));
  const held = await firstFact('the hold of the missed window', missed, 'hold.placed');
  expect(HoldPlaced.parse(held).reason.message).toMatch(/^proline: PSI/);
});
