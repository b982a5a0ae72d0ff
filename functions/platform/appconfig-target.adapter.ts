import { setTimeout as sleep } from 'node:timers/promises';
import type { DeploymentSummary } from '@aws-sdk/client-appconfig';
import type { Deployment } from '../../core/rollout/deployment.ts';
import { TargetUnusable } from '../../core/rollout/failures.ts';
import type { Split, Standing, Target } from '../../core/rollout/ports.ts';
import { backendOf, documentOf, standingIn } from '../../core/rollout/routed-split.ts';
import { type RoutingDocument, RoutingRefused, readRoutingDocument } from '../../core/rollout/routing-document.ts';
import type { AsRole } from './assumed-role.adapter.ts';
import { isNamed, rethrow } from './aws-errors.ts';
import { lazy } from './lazy.ts';

type Place = Extract<Deployment['target'], { kind: 'appconfig' }>;

const GONE = ['ResourceNotFoundException', 'AccessDeniedException', 'AccessDenied'];
/** A strategy that is not there, a profile that takes no such document, an account that is full. */
const REFUSED = ['BadRequestException', 'PayloadTooLargeException', 'ServiceQuotaExceededException'];

const unusable =
  ({ applicationArn, environment }: Place) =>
  (cause: unknown): never => {
    if (!isNamed(cause, ...GONE, ...REFUSED)) return rethrow(cause);
    const what = GONE.includes(cause.name) ? 'cannot be reached' : 'takes no such change';
    throw new TargetUnusable(`environment ${environment} of ${applicationArn} ${what}: ${cause.message}`, { cause });
  };

/** AppConfig takes one change of an environment at a time. While it is under way, what stood before still stands. */
const UNDER_WAY: readonly string[] = ['VALIDATING', 'DEPLOYING', 'BAKING', 'ROLLING_BACK'];
const STANDS: readonly string[] = ['COMPLETE', 'BAKING'];

type Change = { readonly number: number; readonly state: string; readonly version: string };
const changeOf = ({ DeploymentNumber, State, ConfigurationVersion }: DeploymentSummary): Change => ({
  number: DeploymentNumber ?? 0,
  state: State ?? '',
  version: ConfigurationVersion ?? '',
});

type Seen = { readonly newest: Change; readonly standing: Change };
/** A change by hand that is taken back leaves the newest number as it is; what stands is another then. */
const revisionOf = ({ newest, standing }: Seen): string => `${newest.number}/${standing.number}`;

/** A deployment without minutes takes seconds. Whoever asks looks again and again, and a function has half a minute. */
const PATIENCE = { looks: 4, milliseconds: 500 };

/**
 * A routing document in AppConfig's hosted store. What AppConfig guarantees: deployments of an environment are numbered,
 * one at a time is under way, and StartDeployment refuses unless the newest is the one that the caller named. That is
 * the fence: whoever decided on an older look starts nothing. A version of the document that was stored and never
 * deployed is served to nobody. What AppConfig does not guarantee: when each reader polls. So a split that stands here
 * is declared; it is served once every reader has polled (`settleSeconds`).
 */
export const appConfigTarget = (place: Place, model: string, asRole: AsRole): Target => {
  const { environment: EnvironmentId, profile: ConfigurationProfileId } = place;
  const ApplicationId = place.applicationArn.split('/').at(-1);
  const within = { ApplicationId, EnvironmentId };
  const refuse = unusable(place);
  const appConfig = lazy(async () => {
    const sdk = await import('./appconfig-sdk.adapter.ts');
    return { sdk, client: new sdk.AppConfigClient(asRole(place.applicationArn)) };
  });

  /** The newest change and the newest that stands. AppConfig lists the newest first. */
  const look = async (): Promise<Seen> => {
    const { sdk, client } = await appConfig();
    let newest: Change | undefined;
    let NextToken: string | undefined;
    do {
      const page = await client
        .send(new sdk.ListDeploymentsCommand({ ...within, ...(NextToken !== undefined && { NextToken }) }))
        .catch(refuse);
      const changes = (page.Items ?? []).map(changeOf);
      newest ??= changes[0];
      const standing = changes.find(({ state }) => STANDS.includes(state));
      if (newest !== undefined && standing !== undefined) return { newest, standing };
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    throw new TargetUnusable(`environment ${EnvironmentId} of ${place.applicationArn} has no routing document`);
  };

  const documentAt = async ({ number, version }: Change): Promise<RoutingDocument> => {
    const { sdk, client } = await appConfig();
    const deployed = await client
      .send(new sdk.GetDeploymentCommand({ ...within, DeploymentNumber: number }))
      .catch(refuse);
    if (deployed.ConfigurationProfileId !== ConfigurationProfileId)
      throw new TargetUnusable(`deployment ${number} of environment ${EnvironmentId} is not of its routing document`);
    const named = { ApplicationId, ConfigurationProfileId, VersionNumber: Number(version) };
    const { Content } = await client.send(new sdk.GetHostedConfigurationVersionCommand(named)).catch(refuse);
    const document = readRoutingDocument(Buffer.from(Content ?? []).toString('utf8'));
    if (document.model === model) return document;
    throw new TargetUnusable(`the routing document of environment ${EnvironmentId} is of ${document.model}`);
  };

  const current = async (): Promise<Standing> => {
    const seen = await look();
    try {
      return standingIn(await documentAt(seen.standing), revisionOf(seen));
    } catch (cause) {
      if (!(cause instanceof RoutingRefused)) throw cause;
      throw new TargetUnusable(`environment ${EnvironmentId}: ${cause.message}`, { cause });
    }
  };

  /** Waits a little for a change that is under way, be it ours or somebody else's. */
  const settled = async (DeploymentNumber: number): Promise<void> => {
    const { sdk, client } = await appConfig();
    for (let looks = 0; looks < PATIENCE.looks; looks++) {
      const { State } = await client.send(new sdk.GetDeploymentCommand({ ...within, DeploymentNumber })).catch(refuse);
      if (!UNDER_WAY.includes(State ?? '')) return;
      await sleep(PATIENCE.milliseconds);
    }
  };

  const deploy = async (split: Split, stamp: string, after: number): Promise<boolean> => {
    const { sdk, client } = await appConfig();
    const document = documentOf(split, { model, sequence: after + 1, stamp });
    const stored = { ApplicationId, ConfigurationProfileId, ContentType: 'application/json' };
    try {
      const { VersionNumber } = await client.send(
        new sdk.CreateHostedConfigurationVersionCommand({ ...stored, Content: Buffer.from(JSON.stringify(document)) }),
      );
      const { DeploymentNumber = after + 1 } = await client.send(
        new sdk.StartDeploymentCommand({
          ...within,
          ConfigurationProfileId,
          ConfigurationVersion: String(VersionNumber),
          DeploymentStrategyId: place.strategy,
          LatestDeploymentNumber: after,
          Description: stamp,
        }),
      );
      await settled(DeploymentNumber);
      return true;
    } catch (cause) {
      return isNamed(cause, 'ConflictException') ? false : refuse(cause);
    }
  };

  /** Takes back a change that is under way. One that came to its end meanwhile is looked at again first. */
  const giveUp = async (DeploymentNumber: number): Promise<boolean> => {
    const { sdk, client } = await appConfig();
    // Without AllowRevert a deployment that bakes goes on, and nothing else can start until it is done.
    const stop = new sdk.StopDeploymentCommand({ ...within, DeploymentNumber, AllowRevert: true });
    const stopped = await client.send(stop).then(
      () => true,
      (cause: unknown) => (isNamed(cause, 'BadRequestException', 'ConflictException') ? false : refuse(cause)),
    );
    await settled(DeploymentNumber);
    return stopped;
  };

  return {
    current,
    find: async ({ model: asked, version }) => {
      const offered = place.versions.find((offer) => asked === model && offer.version === version);
      return offered && backendOf(model, offered);
    },
    shift: async (split, stamp, revision) => {
      const seen = await look();
      if (revisionOf(seen) !== revision) return false;
      if (!UNDER_WAY.includes(seen.newest.state)) return deploy(split, stamp, seen.newest.number);
      await settled(seen.newest.number);
      return false;
    },
    rollback: async (split, stamp, revision) => {
      const seen = await look();
      if (revisionOf(seen) !== revision) return false;
      if (UNDER_WAY.includes(seen.newest.state) && !(await giveUp(seen.newest.number))) return false;
      return deploy(split, stamp, seen.newest.number);
    },
  };
};
