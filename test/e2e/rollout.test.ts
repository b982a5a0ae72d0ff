import { beforeAll, expect, test } from 'vitest';
import { rolloutApi } from '../../core/rollout/api.ts';
import type { Plane } from '../support/flight.ts';
import { eventually, sharedLocalAws } from '../support/local.ts';
import { callAs } from '../support/people.ts';
import { operating } from '../support/rollout-orders.ts';
import {
  ask,
  factsOf,
  flightOf,
  type Registered,
  recordOf,
  registered,
  requestFor,
  traffic,
  until,
} from '../support/rollouts.ts';
import { aliasOf, moveByHand, shareServed } from '../support/serving.ts';

let plane: Plane;
let operator: ReturnType<typeof operating>;
let common: Registered;
/** The holds of some tests are about a whole model in one environment. */
let held: Registered;

// With IAM enforced: what a rollout needs is what its functions and the roles of its target may do.
beforeAll(async () => {
  plane = await sharedLocalAws('iam');
  operator = operating(plane);
  [common, held] = await Promise.all([registered(plane), registered(plane)]);
});

test.concurrent('a healthy version goes up step by step to all traffic, and every turn is told', async () => {
  const flight = await flightOf(plane, common);
  await using _ = traffic(plane, flight);

  const [id = ''] = await ask(plane, requestFor(flight));
  await until(plane, id, ['completed', 'refused', 'rolled-back']);
  const { FunctionVersion, RoutingConfig } = await aliasOf(plane, flight);

  expect(await factsOf(plane, id)).toEqual(['started', 'step-shifted', 'step-shifted', 'step-shifted', 'completed']);
  expect(FunctionVersion).toBe('2');
  expect(RoutingConfig?.AdditionalVersionWeights ?? {}).toEqual({});
});

test.concurrent('a version that errs is stopped at its first step and everything goes back, with the numbers', async () => {
  const flight = await flightOf(plane, common);
  await using _ = traffic(plane, flight, { canaryErrors: 40 });

  const [id = ''] = await ask(plane, requestFor(flight));
  const record = await until(plane, id, ['completed', 'refused', 'rolled-back']);

  expect(await factsOf(plane, id)).toEqual(['started', 'step-shifted', 'rolled-back']);
  expect(record.judgement).toMatchObject({ verdict: 'fail', requests: { canary: expect.any(Number) } });
  expect(record.reasons?.map(({ rule }) => rule)).toContain('rollout.canary-errors');
  expect(await shareServed(plane, flight)).toBe(0);
});

test.concurrent('ten simultaneous requests for one target are one rollout; one delivered three times is the same rollout', async () => {
  const flight = await flightOf(plane, common);
  const requests = Array.from({ length: 10 }, () => requestFor(flight));

  const ids = await ask(plane, ...requests);
  const records = await Promise.all(ids.map((id) => until(plane, id, ['baking', 'refused'])));
  const opened = records.filter(({ phase }) => phase !== 'refused');
  const [{ id } = { id: '' }] = opened;
  const [again, andAgain] = await ask(
    plane,
    ...requests.filter((_, at) => ids[at] === id),
    ...requests.filter((_, at) => ids[at] === id),
  );
  await operator.steer('rollback', id);
  await until(plane, id, ['rolled-back']);

  expect(opened).toHaveLength(1);
  expect([again, andAgain]).toEqual([id, id]);
  // One that is looked at late finds the target busy, and split already by the rollout that it comes too late for.
  for (const { reasons = [] } of records.filter((it) => it.id !== id)) {
    expect(reasons.length).toBeGreaterThan(0);
    for (const { rule } of reasons) expect(['rollout.target-busy', 'rollout.target-split']).toContain(rule);
  }
  expect(await factsOf(plane, id)).toEqual(['started', 'step-shifted', 'rolled-back']);
  expect(await shareServed(plane, flight)).toBe(0);
});

test.concurrent('a hold that is placed during the bake stops the next shift, and lifting it lets the rollout go on', async () => {
  const flight = await flightOf(plane, held, 'staging');
  await using _ = traffic(plane, flight);
  const [id = ''] = await ask(plane, requestFor(flight));
  await until(plane, id, ['baking'], { share: 0.2 });

  const placed = await operator.hold({ model: flight.model, environment: flight.environment });
  const stopped = await until(plane, id, ['held']);
  const whileHeld = await shareServed(plane, flight);
  await operator.lift(placed.id);
  await until(plane, id, ['completed', 'rolled-back']);

  expect([stopped.share, whileHeld]).toEqual([0.2, 0.2]);
  expect(await factsOf(plane, id)).toEqual([
    'started',
    'step-shifted',
    'paused',
    'resumed',
    'step-shifted',
    'step-shifted',
    'completed',
  ]);
});

test.concurrent('a hold that evicts a version which serves everything brings back the one before, by a rollout that only goes back', async () => {
  const flight = await flightOf(plane);
  await using _ = traffic(plane, flight);
  const [id = ''] = await ask(plane, requestFor(flight));
  await until(plane, id, ['completed', 'rolled-back']);

  const served = await shareServed(plane, flight);
  const { model, environment } = flight;
  const placed = await operator.hold({ model, version: '1.1.0', environment }, 'evict');
  const evicted = await eventually('the version before to serve', async () =>
    (await shareServed(plane, flight)) === 0 ? true : undefined,
  );
  await operator.lift(placed.id);

  expect([served, evicted]).toEqual([1, true]);
});

test.concurrent('a person pauses, resumes and rolls back, each before the next shift and under their own name', async () => {
  const flight = await flightOf(plane, common);
  const [id = ''] = await ask(plane, requestFor(flight));
  await until(plane, id, ['baking'], { share: 0.2 });

  await operator.steer('pause', id);
  const paused = await until(plane, id, ['held']);
  await operator.steer('resume', id);
  await until(plane, id, ['baking']);
  await operator.steer('rollback', id);
  const back = await until(plane, id, ['rolled-back']);

  expect(paused.pause?.by).toEqual({ kind: 'person', arn: expect.stringContaining('Operator') });
  expect(back.rollback).toMatchObject({ by: { kind: 'person', arn: expect.stringContaining('Operator') } });
  expect(await shareServed(plane, flight)).toBe(0);
  expect(await factsOf(plane, id)).toEqual(['started', 'step-shifted', 'paused', 'resumed', 'rolled-back']);
});

test.concurrent('a target that somebody else moves stops the rollout for a human; lifting that hold restores its split', async () => {
  const flight = await flightOf(plane, held);
  const [id = ''] = await ask(plane, requestFor(flight));
  await until(plane, id, ['baking'], { share: 0.2 });

  await moveByHand(plane, flight, 0.9);
  const stopped = await until(plane, id, ['held']);
  const { body } = await callAs(plane, 'Operator', rolloutApi.get, { rollout: id });
  const [asked] = JSON.parse(body).holds;
  await operator.lift(asked.id);
  await until(plane, id, ['baking']);
  const restored = await shareServed(plane, flight);
  await operator.steer('rollback', id);
  await until(plane, id, ['rolled-back']);

  expect(stopped.held?.because.map(({ found }) => found)).toEqual(['rollout.target-moved']);
  expect(asked).toMatchObject({ runbook: 'rollout#the-target-moved', scope: { model: flight.model } });
  expect(restored).toBe(0.2);
});

test.concurrent('a version that no registered root stands behind is refused, and nothing moves', async () => {
  const flight = await flightOf(plane, common);

  const [unknown = '', elsewhere = ''] = await ask(
    plane,
    requestFor(flight, { version: '9.9.9' }),
    requestFor(flight, { environment: 'nowhere' }),
  );
  const refused = await Promise.all([unknown, elsewhere].map((id) => until(plane, id, ['refused'])));

  expect(refused.map(({ reasons }) => reasons?.map(({ rule }) => rule))).toEqual([
    ['rollout.not-registered', 'rollout.not-deployed'],
    ['rollout.deployment-unknown'],
  ]);
  expect((await recordOf(plane, unknown))?.flight).toBeUndefined();
  expect(await shareServed(plane, flight)).toBe(0);
});
