import type { ServedBehind } from '../../core/admission/answer-admission.ts';
import type { Deployment } from '../../core/rollout/deployment.ts';
import type { Deployments, TargetReader } from '../../core/rollout/ports.ts';

type Ports = {
  readonly deployments: Pick<Deployments, 'find'>;
  readonly targets: (deployment: Deployment) => TargetReader;
};

/** Asks the target itself what would serve: the newest thing behind it that names this version. */
export const servedBehind =
  ({ deployments, targets }: Ports): ServedBehind =>
  async ({ deployment: name, environment, ...subject }) => {
    const deployment = await deployments.find(name);
    if (deployment?.model !== subject.model || deployment.environment !== environment) return undefined;
    const backend = await targets(deployment).find(subject);
    return { root: backend?.root ?? null };
  };
