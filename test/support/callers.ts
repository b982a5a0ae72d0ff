import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  type Credentials as Temporary,
} from '@aws-sdk/client-sts';
import type { LocalAws } from '../../local/local-aws.ts';
import { type Clients, clientsOf } from './local.ts';

type Running = Pick<LocalAws, 'endpoint' | 'env'>;
export type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken: string };

const given = (credentials: Temporary | undefined): Credentials => ({
  accessKeyId: credentials?.AccessKeyId ?? '',
  secretAccessKey: credentials?.SecretAccessKey ?? '',
  sessionToken: credentials?.SessionToken ?? '',
});

/** A role's temporary credentials, as its holder would get them from STS. */
export const assume = async (aws: Running, RoleArn: string): Promise<Credentials> => {
  const { sts } = clientsOf(aws);
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'probe' }));
  sts.destroy();
  return given(Credentials);
};

/** What a job of GitHub Actions says of itself. */
export type Claims = { readonly iss: string; readonly aud: string; readonly sub: string };

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The same for a job that shows its token. The local STS believes what a token claims, and checks it against the role. */
export const assumeAsJob = async (aws: Running, RoleArn: string, claims: Claims): Promise<Credentials> => {
  const { sts } = clientsOf(aws);
  const WebIdentityToken = `${part({ alg: 'none' })}.${part(claims)}.`;
  const asked = { RoleArn, RoleSessionName: 'job', WebIdentityToken };
  const { Credentials } = await sts.send(new AssumeRoleWithWebIdentityCommand(asked));
  sts.destroy();
  return given(Credentials);
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
