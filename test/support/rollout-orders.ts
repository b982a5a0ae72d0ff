import { holdApi, type PlaceHoldResponse } from '../../core/hold/api.ts';
import type { Route } from '../../core/kernel/api.ts';
import { rolloutApi } from '../../core/rollout/api.ts';
import type { Plane } from './flight.ts';
import { callAs } from './people.ts';

/** What an operator orders over the API of a plane. */
export const operating = (plane: Plane) => {
  const order = async <Answer>(route: Route, names: Record<string, string>, body: object): Promise<Answer> => {
    const { status, body: text } = await callAs(plane, 'Operator', route, names, body);
    if (status !== 200) throw new Error(`${route.path}: ${status} ${text}`);
    return JSON.parse(text);
  };
  return {
    hold: async (scope: object, effect: 'pause' | 'evict' = 'pause') =>
      (await order<PlaceHoldResponse>(holdApi.place, {}, { scope, effect, reason: 'the test says stop' })).hold,
    lift: (id: string) => order(holdApi.lift, { hold: id }, { reason: 'the test says go' }),
    steer: (verb: 'pause' | 'resume' | 'rollback', rollout: string) =>
      order(rolloutApi[verb], { rollout }, { reason: `the test says ${verb}` }),
  };
};
