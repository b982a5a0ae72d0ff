import { type Deployment, deploymentAddress } from '../../core/rollout/deployment.ts';
import type { Target, TargetReader } from '../../core/rollout/ports.ts';
import { appConfigTarget } from './appconfig-target.adapter.ts';
import { type AsRole, assumedRole } from './assumed-role.adapter.ts';
import { lambdaAliasTarget } from './lambda-alias-target.adapter.ts';

const reached = ({ target, model }: Deployment, asRole: AsRole): Target => {
  switch (target.kind) {
    case 'lambda-alias':
      return lambdaAliasTarget(target, asRole);
    case 'appconfig':
      return appConfigTarget(target, model, asRole);
  }
};

/** One per deployment as it was read: its clients, and what they remember of published versions, are used again. */
const reach = (path: string, power: keyof Deployment['roles']) => {
  const known = new Map<string, Target>();
  return (deployment: Deployment): Target => {
    const text = JSON.stringify(deployment);
    const { name, roles } = deployment;
    const target = known.get(text) ?? reached(deployment, assumedRole(roles[power], deploymentAddress(path, name)));
    known.set(text, target);
    return target;
  };
};

/** What stands behind the deployments below a path, under roles that may shift it. */
export const targets = (path: string): ((deployment: Deployment) => Target) => reach(path, 'shift');

/** The same under roles that may only look. */
export const targetReaders = (path: string): ((deployment: Deployment) => TargetReader) => reach(path, 'look');
