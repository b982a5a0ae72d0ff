import {
  AppConfigClient,
  CreateApplicationCommand,
  CreateConfigurationProfileCommand,
  CreateDeploymentStrategyCommand,
  CreateEnvironmentCommand,
  CreateHostedConfigurationVersionCommand,
  StartDeploymentCommand,
} from '@aws-sdk/client-appconfig';
import { digestOf } from '../../core/kernel/digest.ts';
import { AppConfigRouting } from '../../core/rollout/routed-target.ts';
import { clientOptions } from '../../local/emulator.ts';
import type { Running } from './local.ts';

export const first = { version: '1.0.0', root: digestOf('the bytes of version 1') };
export const second = { version: '2.0.0', root: digestOf('the bytes of version 2') };
export const idOf = ({ version, root }: typeof first): string => `${version}@${root}`;

export const initialDocument = (model: string): string =>
  JSON.stringify({ schema_version: 1, model, sequence: 1, versions: [{ ...first, weight: 1_000_000 }] });

type Pace = { minutes?: number; bakeMinutes?: number };

/** An application with a routing document that nobody has deployed yet, and what it takes to change it by hand. */
export const makeRouting = async (aws: Pick<Running, 'endpoint' | 'env'>, name: string) => {
  const client = new AppConfigClient(clientOptions(aws));
  const { Id: ApplicationId = '' } = await client.send(new CreateApplicationCommand({ Name: name }));
  const { Id: EnvironmentId = '' } = await client.send(new CreateEnvironmentCommand({ ApplicationId, Name: name }));
  const addProfile = async (Name: string): Promise<string> => {
    const { Id = '' } = await client.send(
      new CreateConfigurationProfileCommand({ ApplicationId, Name, LocationUri: 'hosted' }),
    );
    return Id;
  };
  const addStrategy = async ({ minutes = 0, bakeMinutes = 0 }: Pace = {}): Promise<string> => {
    const { Id = '' } = await client.send(
      new CreateDeploymentStrategyCommand({
        Name: `${name}-${minutes}-${bakeMinutes}`,
        DeploymentDurationInMinutes: minutes,
        FinalBakeTimeInMinutes: bakeMinutes,
        GrowthFactor: 100,
        ReplicateTo: 'NONE',
      }),
    );
    return Id;
  };
  const strategy = await addStrategy();
  const profile = await addProfile('routing');

  const store = async (text: string, ConfigurationProfileId = profile): Promise<string> => {
    const { VersionNumber } = await client.send(
      new CreateHostedConfigurationVersionCommand({
        ApplicationId,
        ConfigurationProfileId,
        ContentType: 'application/json',
        Content: Buffer.from(text),
      }),
    );
    return String(VersionNumber);
  };
  const deploy = async (text: string, pace?: Pace, ConfigurationProfileId = profile): Promise<number> => {
    const { DeploymentNumber = 0 } = await client.send(
      new StartDeploymentCommand({
        ApplicationId,
        EnvironmentId,
        ConfigurationProfileId,
        ConfigurationVersion: await store(text, ConfigurationProfileId),
        DeploymentStrategyId: pace === undefined ? strategy : await addStrategy(pace),
      }),
    );
    return DeploymentNumber;
  };

  const place: AppConfigRouting = AppConfigRouting.parse({
    kind: 'appconfig',
    applicationArn: `arn:aws:appconfig:us-east-1:000000000000:application/${ApplicationId}`,
    environment: EnvironmentId,
    profile,
    strategy,
    versions: [first, second],
  });
  return { client, ApplicationId, EnvironmentId, place, store, deploy, addProfile };
};
