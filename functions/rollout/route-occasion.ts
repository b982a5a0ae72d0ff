import { z } from 'zod';
import { RolloutRequested } from '../../core/rollout/contract.ts';
import { rolloutId } from '../../core/rollout/open-rollout.ts';
import type { Reconciled, reconcileAll, reconcileRollout } from '../../core/rollout/reconcile-rollout.ts';
import { logFailure, logger } from '../platform/log.ts';

const Woken = z.object({ rollout: z.string() });
const ExecutionEnded = z.object({ detail: z.object({ executionArn: z.string(), input: z.string() }) });
const Requested = z.object({ id: z.string(), detail: RolloutRequested });

/** What an execution was started with: a rollout that goes on, or the event that asked for one. */
const rolloutIn = (input: string): string | undefined => {
  const document: unknown = JSON.parse(input);
  const goesOn = Woken.safeParse(document);
  if (goesOn.success) return goesOn.data.rollout;
  const requested = Requested.safeParse(document);
  return requested.success ? rolloutId(requested.data.detail, requested.data.id) : undefined;
};

type Ports = { one: ReturnType<typeof reconcileRollout>; all: ReturnType<typeof reconcileAll> };

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
  ({ one, all }: Ports) =>
  async (event: unknown): Promise<void> => {
    const woken = Woken.safeParse(event);
    const ended = ExecutionEnded.safeParse(event);
    if (!woken.success && !ended.success) return lookAtAll(all);
    const rollout = woken.success ? woken.data.rollout : rolloutIn(ended.data?.detail.input ?? 'null');
    // An execution that died over a request that cannot be read had opened nothing.
    if (rollout === undefined) return;
    const outcome = await one(rollout, ended.data?.detail.executionArn);
    logger.info('reconciled', { rollout, outcome });
  };
