import { Throttled } from '../kernel/failures.ts';
import { type Declared, declaredBy, flownTo } from './declared-split.ts';
import type { Deployment } from './deployment.ts';
import { TargetUnusable } from './failures.ts';
import type { Rollouts, Standing, TargetReader } from './ports.ts';
import type { RolloutRecord } from './record.ts';

/** A target beside what its rollouts say of it. */
export type Seen = {
  readonly flown: readonly RolloutRecord[];
  readonly declared: Declared;
  /** Or why the target could not be looked at. */
  readonly standing: Standing | TargetUnusable;
};

export type SeePorts = {
  readonly targets: (deployment: Deployment) => Pick<TargetReader, 'current'>;
  readonly rollouts: Pick<Rollouts, 'find' | 'latest'>;
};

const TRIES = 4;

const standingOf = (target: Pick<TargetReader, 'current'>): Promise<Seen['standing']> =>
  target.current().catch((cause: unknown) => {
    if (cause instanceof TargetUnusable) return cause;
    throw cause;
  });

const mark = ([newest]: readonly RolloutRecord[]): string => `${newest?.id} ${newest?.revision}`;

/**
 * Looks at a target between two reads of its rollouts: a shift of theirs would otherwise look like a change by hand.
 * @throws Throttled when they keep changing
 */
export const seeTarget = async ({ targets, rollouts }: SeePorts, deployment: Deployment): Promise<Seen> => {
  let flown = await flownTo(rollouts, deployment.name);
  for (let tries = 0; tries < TRIES; tries++) {
    const standing = await standingOf(targets(deployment));
    const after = await flownTo(rollouts, deployment.name);
    if (mark(after) === mark(flown)) return { flown, declared: declaredBy(flown), standing };
    flown = after;
  }
  throw new Throttled(`the rollouts of ${deployment.name} kept changing while its target was looked at`);
};
