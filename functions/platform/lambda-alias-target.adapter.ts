import type { AliasConfiguration, FunctionConfiguration } from '@aws-sdk/client-lambda';
import { Digest } from '../../core/kernel/digest.ts';
import type { Backend, Deployment } from '../../core/rollout/deployment.ts';
import { TargetUnusable } from '../../core/rollout/failures.ts';
import type { Split, Standing, Target } from '../../core/rollout/ports.ts';
import type { AsRole } from './assumed-role.adapter.ts';
import { isNamed, rethrow } from './aws-errors.ts';
import { lazy } from './lazy.ts';

type Place = Extract<Deployment['target'], { kind: 'lambda-alias' }>;

const unusable =
  ({ functionArn, alias }: Place) =>
  (cause: unknown): never => {
    if (isNamed(cause, 'ResourceNotFoundException', 'AccessDeniedException', 'AccessDenied'))
      throw new TargetUnusable(`alias ${alias} of ${functionArn} cannot be reached: ${cause.message}`, { cause });
    // A version that was deleted, or the unpublished one: no split of these versions can ever stand.
    if (isNamed(cause, 'InvalidParameterValueException', 'ValidationException'))
      throw new TargetUnusable(`alias ${alias} of ${functionArn} takes no such split: ${cause.message}`, { cause });
    return rethrow(cause);
  };

/** A version of a function says in its environment what it serves. */
const backendOf = ({ Version = '', Environment }: FunctionConfiguration): Backend => {
  const { CLEARANCE_MODEL: model, CLEARANCE_VERSION: version, CLEARANCE_ROOT } = Environment?.Variables ?? {};
  const root = Digest.safeParse(CLEARANCE_ROOT).data;
  return {
    id: Version,
    ...(model !== undefined && { model }),
    ...(version !== undefined && { version }),
    ...(root !== undefined && { root }),
  };
};

/** The split in Lambda's words: the weight is that of the second version, and the alias itself names the first. */
const routingOf = ({ baseline, candidate, share }: Split) =>
  share === 1
    ? { FunctionVersion: candidate, RoutingConfig: { AdditionalVersionWeights: {} } }
    : {
        FunctionVersion: baseline,
        RoutingConfig: { AdditionalVersionWeights: share === 0 ? {} : { [candidate]: share } },
      };

/** Two published versions of a function behind one alias, whose description carries the stamp. */
export const lambdaAliasTarget = (place: Place, asRole: AsRole): Target => {
  const { functionArn: FunctionName, alias: Name } = place;
  const lambda = lazy(async () => {
    const sdk = await import('./lambda-sdk.adapter.ts');
    return { sdk, client: new sdk.LambdaClient(asRole(FunctionName)) };
  });
  /** What a published version serves never changes. */
  const backends = new Map<string, Backend>();

  const backend = async (version: string): Promise<Backend> => {
    const known = backends.get(version);
    if (known !== undefined) return known;
    const { sdk, client } = await lambda();
    const found = backendOf(
      await client
        .send(new sdk.GetFunctionConfigurationCommand({ FunctionName, Qualifier: version }))
        .catch(unusable(place)),
    );
    backends.set(version, found);
    return found;
  };

  const standingOf = async (alias: AliasConfiguration): Promise<Standing> => {
    const { FunctionVersion = '', RevisionId = '', Description, RoutingConfig } = alias;
    const [weighted] = Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {});
    return {
      primary: await backend(FunctionVersion),
      ...(weighted !== undefined && { canary: { backend: await backend(weighted[0]), share: weighted[1] } }),
      ...(Description !== undefined && Description !== '' && { stamp: Description }),
      revision: RevisionId,
    };
  };

  const move = async (split: Split, stamp: string, revision: string): Promise<boolean> => {
    const { sdk, client } = await lambda();
    const change = { FunctionName, Name, Description: stamp, RevisionId: revision, ...routingOf(split) };
    try {
      await client.send(new sdk.UpdateAliasCommand(change));
      return true;
    } catch (cause) {
      const changed = isNamed(cause, 'PreconditionFailedException', 'ResourceConflictException');
      return changed ? false : unusable(place)(cause);
    }
  };

  return {
    current: async () => {
      const { sdk, client } = await lambda();
      return standingOf(await client.send(new sdk.GetAliasCommand({ FunctionName, Name })).catch(unusable(place)));
    },

    find: async ({ model, version }) => {
      const { sdk, client } = await lambda();
      let found: Backend | undefined;
      let Marker: string | undefined;
      do {
        const page = await client
          .send(new sdk.ListVersionsByFunctionCommand({ FunctionName, ...(Marker !== undefined && { Marker }) }))
          .catch(unusable(place));
        for (const listed of (page.Versions ?? []).filter(({ Version }) => Version !== '$LATEST').map(backendOf))
          if (listed.model === model && listed.version === version && Number(listed.id) > Number(found?.id ?? 0))
            found = listed;
        Marker = page.NextMarker;
      } while (Marker !== undefined && Marker !== '');
      return found;
    },

    shift: move,
    // An alias has no change under way that could be given up: each update stands as soon as it is answered.
    rollback: move,
  };
};
