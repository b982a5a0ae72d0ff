import { TargetUnusable } from '../../core/rollout/failures.ts';
import { isNamed, rethrow } from './aws-errors.ts';
import { lazy } from './lazy.ts';

const sts = lazy(async () => {
  const { STSClient, AssumeRoleCommand } = await import('./sts-sdk.adapter.ts');
  return { client: new STSClient({}), AssumeRoleCommand };
});

type Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
};

/** How a client reaches something in the account and region of an ARN: under the role that was assumed for it. */
export type AsRole = (arn: string) => { credentials: () => Promise<Credentials>; region?: string };

/** The shortest session there is; its client renews it for as long as the function lives. */
const SESSION_SECONDS = 900;

/**
 * Credentials of a role, asked for when they are first needed and again before they expire.
 * @throws TargetUnusable when the role is gone or does not trust this plane
 */
const assume = (roleArn: string, externalId: string) => async (): Promise<Credentials> => {
  const { client, AssumeRoleCommand } = await sts();
  const { Credentials } = await client
    .send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: 'clearance-rollout',
        ExternalId: externalId,
        DurationSeconds: SESSION_SECONDS,
      }),
    )
    .catch((cause: unknown) => {
      if (isNamed(cause, 'AccessDenied', 'AccessDeniedException', 'ValidationError'))
        throw new TargetUnusable(`${roleArn} does not let this plane in: ${cause.message}`, { cause });
      return rethrow(cause);
    });
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '', Expiration = new Date() } = Credentials ?? {};
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
};

export const assumedRole =
  (roleArn: string, externalId: string): AsRole =>
  (arn) => {
    const region = arn.split(':')[3];
    return { credentials: assume(roleArn, externalId), ...(region !== undefined && region !== '' && { region }) };
  };
