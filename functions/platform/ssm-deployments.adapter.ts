import { Deployment, deploymentAddress } from '../../core/rollout/contract.ts';
import { TargetUnusable } from '../../core/rollout/failures.ts';
import type { Deployments } from '../../core/rollout/ports.ts';
import { isNamed, rethrow } from './aws-errors.ts';
import { lazy } from './lazy.ts';
import { logger } from './log.ts';

const ssm = lazy(async () => {
  const sdk = await import('./ssm-sdk.adapter.ts');
  return { sdk, client: new sdk.SSMClient({}) };
});

type Parameter = { readonly Name?: string | undefined; readonly Value?: string | undefined };

const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** @throws TargetUnusable for a parameter that is no deployment, or one of another name */
const parsed = (path: string, { Name = '', Value = '' }: Parameter): Deployment => {
  const read = Deployment.safeParse(json(Value));
  const [issue] = read.error?.issues ?? [];
  if (!read.success) throw new TargetUnusable(`${Name}: ${issue?.path.join('.')}: ${issue?.message}`);
  if (deploymentAddress(path, read.data.name) !== Name)
    throw new TargetUnusable(`${Name}: name: found ${read.data.name}; the parameter's own name is expected`);
  return read.data;
};

const everyParameter = async (path: string): Promise<Parameter[]> => {
  const { sdk, client } = await ssm();
  const found: Parameter[] = [];
  let from: string | undefined;
  do {
    const page = await client
      .send(new sdk.GetParametersByPathCommand({ Path: path, ...(from !== undefined && { NextToken: from }) }))
      .catch(rethrow);
    found.push(...(page.Parameters ?? []));
    from = page.NextToken;
  } while (from !== undefined);
  return found;
};

/** Whoever writes one broken parameter must not take all other deployments with it. */
const readable = (path: string, parameter: Parameter): Deployment[] => {
  try {
    return [parsed(path, parameter)];
  } catch (cause) {
    if (!(cause instanceof TargetUnusable)) throw cause;
    logger.error(`left out: ${cause.message}`);
    return [];
  }
};

/** The deployments that this plane was told of: one SSM parameter each, below one path. */
export const ssmDeployments = (path: string): Deployments & { all(): Promise<Deployment[]> } => {
  const all = async () => (await everyParameter(path)).flatMap((parameter) => readable(path, parameter));
  return {
    all,
    of: async ({ model, environment }) =>
      (await all()).filter((deployment) => deployment.model === model && deployment.environment === environment),
    find: async (name) => {
      const { sdk, client } = await ssm();
      try {
        const { Parameter } = await client.send(new sdk.GetParameterCommand({ Name: deploymentAddress(path, name) }));
        return Parameter === undefined ? undefined : parsed(path, Parameter);
      } catch (cause) {
        return isNamed(cause, 'ParameterNotFound') ? undefined : rethrow(cause);
      }
    },
  };
};
