import type { Plane } from '../../cli/plane.ts';
import type { Route } from '../../core/kernel/api.ts';

type Call = { readonly route: Route; readonly names: object; readonly body?: unknown };

/** A plane that says what it is told to, one answer after the other and the last one for ever, and keeps what it was asked. */
export const toldPlane = (...answers: readonly unknown[]) => {
  const calls: Call[] = [];
  const left = [...answers];
  const answer = async (call: Call): Promise<never> => {
    calls.push(call);
    return (left.length > 1 ? left.shift() : left[0]) as never;
  };
  const plane: Plane = {
    address: async () => {
      throw new Error('nobody should need the address');
    },
    ask: (route, names) => answer({ route, names }),
    tell: (route, names, body) => answer({ route, names, body }),
  };
  return { plane, calls };
};
