import type { Clock } from '../kernel/clock.ts';
import type { Reason } from '../kernel/reason.ts';
import type { RolloutRequested } from './contract.ts';
import { refusedFact } from './facts.ts';
import { requested, rolloutId } from './open-rollout.ts';
import type { Rollouts } from './ports.ts';
import { over } from './transitions.ts';

export type Unopened = {
  readonly request: RolloutRequested;
  /** Of the event that brought the request. */
  readonly event: string;
  /** The execution that was to open it. */
  readonly execution: string;
};

const neverOpened = (execution: string): Reason => ({
  rule: 'rollout.workflow-ended',
  message: 'the workflow ended before it had opened the rollout',
  found: execution,
  fix: 'Ask again, under a request name of its own; whoever runs the plane finds the cause at the execution.',
});

/**
 * Refuses a request whose workflow ended before it had written anything, so that whoever asked hears of it. Nothing is
 * begun in its place: what ended the one workflow would end the next. A rollout that was opened after all stays as it is.
 * @returns the id of the rollout
 */
export const refuseUnopened =
  ({ rollouts, clock }: { readonly rollouts: Pick<Rollouts, 'find' | 'open'>; readonly clock: Clock }) =>
  async ({ request, event, execution }: Unopened): Promise<string> => {
    const id = rolloutId(request, event);
    if ((await rollouts.find(id)) !== undefined) return id;
    const now = clock.now();
    const record = requested(event, request, id, request.deployment ?? 'unknown', now);
    const because = [neverOpened(execution)];
    await rollouts.open(over(record, 'refused', because, now), refusedFact(record, because, now));
    return id;
  };
