import { beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Plane } from '../support/flight.ts';
import { hold, release } from '../support/interruption.ts';
import { sharedLocalAws } from '../support/local.ts';
import { functionAt, stopAt, waitingStates } from '../support/rollout-executions.ts';
import { operating } from '../support/rollout-orders.ts';
import {
  ask,
  type Flight,
  factsOf,
  flightOf,
  type Registered,
  registered,
  requestFor,
  traffic,
  until,
} from '../support/rollouts.ts';
import { shareServed } from '../support/serving.ts';

let plane: Plane;
let operator: ReturnType<typeof operating>;
let model: Registered;
const flights = new Map<string, Promise<Flight>>();

/** It decides on a failed step by the function of DecideStep, and waits for nothing that could be held up. */
const PASSED_AT_ONCE = 'StopForHuman';
const STATES = waitingStates.filter((state) => state !== PASSED_AT_ONCE);

beforeAll(async () => {
  plane = await sharedLocalAws('iam');
  operator = operating(plane);
  model = await registered(plane);
  for (const state of STATES) flights.set(state, flightOf(plane, model));
  await Promise.all(flights.values());
});

/** A request whose execution is stopped at a state, its function held up until it stands there. */
const stopped = async (flight: Flight, state: string): Promise<string> => {
  const name = await functionAt(plane, state);
  const request = requestFor(flight);
  if (name !== undefined) {
    onTestFinished(() => release(plane, name).then(() => {}));
    await hold(plane, name);
  }
  const [id = ''] = await ask(plane, request);
  await stopAt(plane, request.request ?? '', state);
  if (name !== undefined) await release(plane, name);
  return id;
};

const flightFor = (state: string): Promise<Flight> => flights.get(state) ?? expect.fail();

test('a request whose workflow is killed before it has opened anything is refused aloud, and may be made again', async () => {
  const flight = await flightFor('OpenRollout');

  const id = await stopped(flight, 'OpenRollout');
  const refused = await until(plane, id, ['refused']);
  const again = requestFor(flight);
  const [second = ''] = await ask(plane, again);
  await until(plane, second, ['baking']);
  await operator.steer('rollback', second);
  await until(plane, second, ['rolled-back']);

  expect(refused.reasons).toMatchObject([{ rule: 'rollout.workflow-ended', fix: expect.stringMatching('Ask again') }]);
  expect(await factsOf(plane, id)).toEqual(['refused']);
  expect(await shareServed(plane, flight)).toBe(0);
});

test.each(STATES.filter((state) => state !== 'OpenRollout'))(
  'a rollout whose workflow is killed at %s goes to its last safe split and waits for a human, who takes it back',
  async (state) => {
    const flight = await flightFor(state);

    const id = await stopped(flight, state);
    const held = await until(plane, id, ['held']);
    const share = await shareServed(plane, flight);
    await operator.steer('rollback', id);
    await until(plane, id, ['rolled-back']);
    const facts = await factsOf(plane, id);

    expect(held.pause).toMatchObject({ by: { kind: 'signal', signal: 'rollout.workflow-ended' } });
    expect([held.share, share, await shareServed(plane, flight)]).toEqual([0, 0, 0]);
    expect(facts.filter((fact) => ['completed', 'rolled-back', 'refused'].includes(fact))).toEqual(['rolled-back']);
    expect(held.owner).toBeUndefined();
  },
);

test('a rollout whose workflow is killed in the middle goes on to the end when a human resumes it', async () => {
  const flight = await flightOf(plane, model);
  await using _ = traffic(plane, flight);
  const [id = ''] = await ask(plane, requestFor(flight));
  const halfway = await until(plane, id, ['baking'], { share: 0.5 });

  await stopAt(plane, halfway.correlationId, 'Bake');
  const held = await until(plane, id, ['held']);
  const share = await shareServed(plane, flight);
  await operator.steer('resume', id);
  await until(plane, id, ['completed', 'rolled-back']);
  const facts = await factsOf(plane, id);

  expect([held.share, share]).toEqual([0.2, 0.2]);
  expect(facts.filter((fact) => ['completed', 'rolled-back', 'refused'].includes(fact))).toEqual(['completed']);
  expect(await shareServed(plane, flight)).toBe(1);
});
