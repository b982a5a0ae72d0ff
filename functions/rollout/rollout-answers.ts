import { holdsInScope } from '../../core/hold/contract.ts';
import type { rolloutApi } from '../../core/rollout/api.ts';
import type { Rollouts, StandingHolds } from '../../core/rollout/ports.ts';
import { isOver } from '../../core/rollout/record.ts';
import { statusOf } from '../../core/rollout/rollout-status.ts';
import {
  type Order,
  pauseRollout,
  resumeRollout,
  rollBackRollout,
  type Steered,
  type SteerPorts,
} from '../../core/rollout/steer-rollout.ts';
import { RequestRefused } from '../platform/on-request.ts';
import type { Answers } from '../platform/on-routes.ts';

type Ports = SteerPorts & {
  readonly rollouts: Pick<Rollouts, 'find' | 'swap' | 'underway'>;
  readonly holds: StandingHolds;
};

const SHOWN = 200;

const unknown = (rollout: string) =>
  new RequestRefused(404, {
    message: `there is no rollout ${rollout}`,
    fix: 'clearance rollout list shows those that are not over.',
  });

type Asked = { names: { rollout: string }; body: { reason: string }; caller: string };

const steer =
  (order: (given: Order) => Promise<Steered>) =>
  async ({ names, body, caller }: Asked) => {
    const { rollout } = names;
    const steered = await order({ rollout, by: { kind: 'person', arn: caller }, reason: body.reason });
    if (steered.outcome === 'unknown') throw unknown(rollout);
    return { outcome: steered.outcome, status: statusOf(steered.record) };
  };

/** What is asked about rollouts, and the orders of people: each carries the name that IAM gave. */
export const rolloutAnswers = (ports: Ports): Answers<typeof rolloutApi> => ({
  list: async () => {
    const records = await Promise.all((await ports.rollouts.underway(SHOWN)).map(ports.rollouts.find));
    // The index comes after the table: what it still names may be over.
    return {
      rollouts: records.flatMap((record) => (record === undefined || isOver(record) ? [] : [statusOf(record)])),
    };
  },
  get: async ({ names }) => {
    const record = await ports.rollouts.find(names.rollout);
    if (record === undefined) throw unknown(names.rollout);
    const holds = holdsInScope(await ports.holds.list(), record, ports.clock.now());
    return { status: statusOf(record), holds };
  },
  pause: steer(pauseRollout(ports)),
  resume: steer(resumeRollout(ports)),
  rollback: steer(rollBackRollout(ports)),
});
