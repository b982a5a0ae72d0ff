import { beforeAll, expect, test } from 'vitest';
import type { Plane } from '../support/flight.ts';
import { sharedLocalAws } from '../support/local.ts';
import { ask, factsOf, flightOf, requestFor, traffic, until } from '../support/rollouts.ts';
import { aliasOf } from '../support/serving.ts';

let plane: Plane;

beforeAll(async () => {
  plane = await sharedLocalAws('plain');
});

test.concurrent('a healthy version goes up step by step to all traffic, and every turn is told', async () => {
  const flight = await flightOf(plane);
  await using _ = traffic(plane, flight);

  const [id = ''] = await ask(plane, requestFor(flight));
  await until(plane, id, ['completed', 'refused', 'rolled-back']);
  const { FunctionVersion, RoutingConfig } = await aliasOf(plane, flight);

  expect(await factsOf(plane, id)).toEqual(['started', 'step-shifted', 'step-shifted', 'step-shifted', 'completed']);
  expect(FunctionVersion).toBe('2');
  expect(RoutingConfig?.AdditionalVersionWeights ?? {}).toEqual({});
});
