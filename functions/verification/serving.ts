import type { Deployment } from '../../core/rollout/deployment.ts';
import type { Rollouts, TargetReader } from '../../core/rollout/ports.ts';
import type { Named, Serving } from '../../core/verification/ports.ts';
import { logFailure } from '../platform/log.ts';

type Ports = {
  readonly deployments: { all(): Promise<readonly Deployment[]> };
  readonly targets: (deployment: Deployment) => TargetReader;
  readonly rollouts: Pick<Rollouts, 'underway' | 'find'>;
};

/** More rollouts than these under way at once would be a plane of its own. */
const UNDERWAY = 1000;

type Backend = { readonly model?: string | undefined; readonly version?: string | undefined };

const named = ({ model, version }: Backend): Named[] =>
  model === undefined || version === undefined ? [] : [{ model, version }];

/** What targets say that they serve, and what rollouts move traffic between: a step may be decided and not yet seen. */
export const servingNow = ({ deployments, targets, rollouts }: Ports): Serving => {
  const behind = async (deployment: Deployment): Promise<{ served: Named[]; unseen: string[] }> => {
    try {
      const { primary, canary } = await targets(deployment).current();
      return { served: [...named(primary), ...(canary === undefined ? [] : named(canary.backend))], unseen: [] };
    } catch (cause) {
      logFailure(cause);
      return { served: [], unseen: [deployment.model] };
    }
  };
  const moved = async (id: string): Promise<Named[]> => {
    const record = await rollouts.find(id);
    if (record === undefined) return [];
    const { model, version, flight } = record;
    return [
      { model, version },
      ...(flight === undefined ? [] : [...named(flight.baseline), ...named(flight.candidate)]),
    ];
  };
  return {
    look: async () => {
      const [standing, underway] = await Promise.all([
        deployments.all().then((all) => Promise.all(all.map(behind))),
        rollouts.underway(UNDERWAY).then((ids) => Promise.all(ids.map(moved))),
      ]);
      return {
        served: [...standing.flatMap(({ served }) => served), ...underway.flat()],
        unseen: standing.flatMap(({ unseen }) => unseen),
      };
    },
  };
};
