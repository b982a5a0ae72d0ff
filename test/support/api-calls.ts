/**
 * Events as CloudTrail puts them on the default bus, with the members that are read and some that are not. Lambda's
 * names and parameters are those of calls that were recorded in an account; AWS documents the rest.
 */

type Caller = { readonly arn: string; readonly role?: string };

const mallory: Caller = { arn: 'arn:aws:iam::111122223333:user/mallory' };

/** A session of a role that lies below a path: the session's ARN leaves the path out. */
export const sessionOf = (role: string): Caller => {
  const [, account, name] = /^arn:aws:iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(role) ?? [];
  return { arn: `arn:aws:sts::${account}:assumed-role/${name}/clearance-rollout`, role };
};

export type Called = {
  readonly service: string;
  readonly name: string;
  readonly asked: Record<string, unknown>;
  readonly by?: Caller;
  readonly id?: string;
  readonly at?: string;
  readonly account?: string;
  readonly region?: string;
  readonly errorCode?: string;
  readonly readOnly?: boolean;
};

let calls = 0;

const identityOf = ({ arn, role }: Caller) =>
  role === undefined
    ? { type: 'IAMUser', principalId: 'AIDAEXAMPLE', arn, userName: arn.split('/').at(-1) }
    : { type: 'AssumedRole', arn, sessionContext: { sessionIssuer: { type: 'Role', arn: role } } };

export const apiCall = (called: Called) => {
  const { service, name, asked, by = mallory, account = '111122223333', region = 'eu-central-1' } = called;
  const id = called.id ?? `4672b74f-2466-4784-b3fb-${String(calls++).padStart(12, '0')}`;
  const at = called.at ?? '2026-11-23T10:30:00Z';
  return {
    version: '0',
    id: `event-${id}`,
    'detail-type': 'AWS API Call via CloudTrail',
    source: `aws.${service}`,
    account,
    time: at,
    region,
    resources: [],
    detail: {
      eventVersion: '1.08',
      userIdentity: identityOf(by),
      eventTime: at,
      eventSource: `${service}.amazonaws.com`,
      eventName: name,
      awsRegion: region,
      sourceIPAddress: '203.0.113.64',
      userAgent: 'aws-cli/2.18.5',
      requestParameters: asked,
      responseElements: null,
      ...(called.errorCode !== undefined && { errorCode: called.errorCode, errorMessage: 'Access Denied' }),
      requestID: '4ae683f5-13be-4305-8267-0d2fc47dd663',
      eventID: id,
      readOnly: called.readOnly ?? false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: account,
      eventCategory: 'Management',
    },
  };
};

type AliasUpdate = { readonly functionName: string; readonly version: string; readonly share?: number };

/** `UpdateAlias`: the name of the function as it was given, be it a name or an ARN. */
export const aliasUpdated = (
  { functionName, version, share }: AliasUpdate,
  more: Partial<Called> & { description?: string } = {},
) => {
  const { description, ...called } = more;
  return apiCall({
    service: 'lambda',
    name: 'UpdateAlias20150331',
    asked: {
      functionName,
      name: 'live',
      functionVersion: share === undefined ? version : '1',
      ...(share !== undefined && { routingConfig: { additionalVersionWeights: { [version]: share } } }),
      ...(description !== undefined && { description }),
    },
    ...called,
  });
};
