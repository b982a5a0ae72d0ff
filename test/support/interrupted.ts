import type { MemoryRollouts } from './memory-rollouts.ts';

/** The process of an actor ended in the middle of a call. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

type Call = (...input: never[]) => Promise<unknown>;
type Between = (call: string, moment: 'before' | 'after') => Promise<void>;

const wrap = <Ports extends object>(name: string, ports: Ports, between: Between): Ports =>
  Object.fromEntries(
    Object.entries(ports).map(([method, call]: [string, unknown]) => [
      method,
      typeof call === 'function' ? wrapCall(`${name}.${method}`, call as Call, between) : call,
    ]),
  ) as Ports;

const wrapCall =
  (label: string, call: Call, between: Between): Call =>
  async (...input) => {
    await between(label, 'before');
    const output = await call(...input);
    await between(label, 'after');
    return output;
  };

/** The same plane as one actor reaches it: something may happen before each call takes effect, and after it has. */
export const interrupted = (plane: MemoryRollouts, between: Between): MemoryRollouts => {
  const call = <Of extends Call>(label: string, of: Of) => wrapCall(label, of, between) as Of;
  return {
    ...plane,
    rollouts: wrap('rollouts', plane.rollouts, between),
    holds: wrap('holds', plane.holds, between),
    deployments: wrap('deployments', plane.deployments, between),
    versions: wrap('versions', plane.versions, between),
    observations: wrap('observations', plane.observations, between),
    verdicts: wrap('verdicts', plane.verdicts, between),
    workflows: wrap('workflows', plane.workflows, between),
    targets: () => wrap('target', plane.targets(), between),
    placeHold: call('placeHold', plane.placeHold),
    admit: call('admit', plane.admit),
  };
};
