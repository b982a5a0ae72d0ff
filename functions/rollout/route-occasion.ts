import { z } from 'zod';
import { RolloutRequested } from '../../core/rollout/contract.ts';
import type { Reconciled, reconcileAll, reconcileRollout } from '../../core/rollout/reconcile-rollout.ts';
import type { refuseUnopened } from '../../core/rollout/refuse-unopened.ts';
import { logFailure, logger } from '../platform/log.ts';

const Woken = z.object({ rollout: z.string() });
const ExecutionEnded = z.object({ detail: z.object({ executionArn: z.string(), input: z.string() }) });
const Requested = z.object({ id: z.string(), detail: RolloutRequested });

type Ports = {
  one: ReturnType<typeof reconcileRollout>;
  all: ReturnType<typeof reconcileAll>;
  unopened: ReturnType<typeof refuseUnopened>;
};

/** What an execution was started with: a rollout that goes on, or the event that asked for one. */
const rolloutOf = async (input: string, execution: string, { unopened }: Ports): Promise<string | undefined> => {
  const document: unknown = JSON.parse(input);
  const goesOn = Woken.safeParse(document);
  if (goesOn.success) return goesOn.data.rollout;
  const requested = Requested.safeParse(document);
  if (!requested.success) return undefined;
  return unopened({ request: requested.data.detail, event: requested.data.id, execution });
};

const lookAfter = async (ended: z.output<typeof ExecutionEnded>, ports: Ports): Promise<void> => {
  const { executionArn, input } = ended.detail;
  const rollout = await rolloutOf(input, executionArn, ports);
  // An execution that died over a request that cannot be read had opened nothing.
  if (rollout === undefined) return;
  logger.info('reconciled', { rollout, outcome: await ports.one(rollout, executionArn) });
};

const lookAtAll = async (all: Ports['all']): Promise<void> => {
  const results = await all();
  const failures = results.flatMap(({ outcome }) => (typeof outcome === 'object' ? [outcome.failed] : []));
  const told = (outcome: Reconciled) => results.filter((result) => result.outcome === outcome).length;
  logger.info('reconciled', { rollouts: results.length, started: told('started'), failed: failures.length });
  for (const failure of failures) logFailure(failure);
  if (failures.length > 0) throw new Error(`${failures.length} of ${results.length} rollouts could not be reconciled`);
};

/** By what it is called for: a person's order, the end of an execution, or anything else: then it looks at all. */
export const routeOccasion =
  (ports: Ports) =>
  async (event: unknown): Promise<void> => {
    const ended = ExecutionEnded.safeParse(event);
    if (ended.success) return lookAfter(ended.data, ports);
    const woken = Woken.safeParse(event);
    if (!woken.success) return lookAtAll(ports.all);
    const { rollout } = woken.data;
    logger.info('reconciled', { rollout, outcome: await ports.one(rollout) });
  };
