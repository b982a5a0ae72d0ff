import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import type { LocalAws } from '../../local/local-aws.ts';
import { type Clients, clientsOf } from './local.ts';

type Running = Pick<LocalAws, 'endpoint' | 'env'>;
export type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken: string };

/** A role's temporary credentials, as its holder would get them from STS. */
export const assume = async (aws: Running, RoleArn: string): Promise<Credentials> => {
  const { sts } = clientsOf(aws);
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'probe' }));
  sts.destroy();
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
};

/** Clients that act as the holder of a role. */
export const actingAs = async (aws: Running, roleArn: string): Promise<Clients> =>
  clientsOf(aws, await assume(aws, roleArn));

/** `allowed`, or the name of the refusal. */
export const verdict = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'allowed',
    (refusal: Error) => refusal.name,
  );
