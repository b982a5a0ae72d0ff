import type { DeploymentFacts } from '../admission/contract.ts';
import type { Detail, PolicyRequest } from './details.ts';

/** The question whether a registered version may run in an environment, and what there is to tell if it may not. */
export const deploymentRequest = ({ version, risk, environment, tiers }: DeploymentFacts): PolicyRequest => ({
  query: {
    principal: { type: 'Clearance::Step', id: 'admission' },
    action: { type: 'Clearance::Action', id: 'deploy' },
    resource: { type: 'Clearance::ModelVersion', id: `${version.model}/${version.version}` },
    attributes: {
      model: version.model,
      version: version.version,
      owner: version.owner,
      format: version.format,
      root: version.root,
      tier: version.tier,
      risk,
    },
    context: { environment: { name: environment, listed: tiers !== undefined, tiers: [...(tiers ?? [])] } },
  },
  details: new Map<string, Detail[]>([
    ['environment/name', [{ found: environment }]],
    ['environment/tiers', [{ found: version.tier, allowed: (tiers ?? []).join(', ') }]],
  ]),
});
