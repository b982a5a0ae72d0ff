import type { ApiCall } from '../kernel/api-call.ts';
import type { Deployment } from './deployment.ts';

/** A call that may have changed what a target serves. */
export type TargetChange = {
  readonly call: ApiCall;
  readonly place:
    | { readonly kind: 'lambda-alias'; readonly functionName: string; readonly alias?: string }
    | { readonly kind: 'appconfig'; readonly application: string; readonly environment: string };
  /** Where the call says so, what was to serve by it, in the target's own words. */
  readonly puts?: readonly string[];
  /** What a shift of the plane leaves on the target. */
  readonly stamp?: string;
  /** It made the target. */
  readonly makes: boolean;
  /** It changed the code behind the target and not the target. */
  readonly ofCode: boolean;
};

/** Names of parameters begin in lower case or in upper case, by service and by SDK. */
const told = (asked: ApiCall['asked'], name: string): unknown =>
  asked[name] ?? asked[`${name.charAt(0).toUpperCase()}${name.slice(1)}`];

const text = (asked: ApiCall['asked'], name: string): string | undefined => {
  const value = told(asked, name);
  return typeof value === 'string' ? value : undefined;
};

/** `name`, `123456789012:function:name` or an ARN, each with a qualifier or without. */
const FUNCTION = /^(?:(?:arn:[^:]+:lambda:[^:]*:)?(?:\d{12}:)?function:)?([A-Za-z0-9_-]+)(?::[^:]+)?$/;

const weighted = (asked: ApiCall['asked']): string[] => {
  const routing = told(asked, 'routingConfig');
  const weights =
    typeof routing === 'object' && routing !== null ? told({ ...routing }, 'additionalVersionWeights') : {};
  return typeof weights === 'object' && weights !== null
    ? Object.entries(weights).flatMap(([version, weight]) => (weight === 0 ? [] : [version]))
    : [];
};

const ofAlias = (call: ApiCall, makes: boolean): TargetChange | undefined => {
  const functionName = FUNCTION.exec(text(call.asked, 'functionName') ?? '')?.[1];
  const alias = text(call.asked, 'name');
  if (functionName === undefined || alias === undefined) return undefined;
  const version = text(call.asked, 'functionVersion');
  const stamp = text(call.asked, 'description');
  return {
    call,
    place: { kind: 'lambda-alias', functionName, alias },
    puts: [...(version === undefined ? [] : [version]), ...weighted(call.asked)],
    ...(stamp !== undefined && { stamp }),
    makes,
    ofCode: false,
  };
};

/** Of consequence where what serves is not published: code that is published does not change any more. */
const ofCode = (call: ApiCall): TargetChange | undefined => {
  const functionName = FUNCTION.exec(text(call.asked, 'functionName') ?? '')?.[1];
  return functionName === undefined
    ? undefined
    : { call, place: { kind: 'lambda-alias', functionName }, makes: false, ofCode: true };
};

const ofRouting = (call: ApiCall): TargetChange | undefined => {
  const [application, environment] = [text(call.asked, 'applicationId'), text(call.asked, 'environmentId')];
  if (application === undefined || environment === undefined) return undefined;
  const stamp = text(call.asked, 'description');
  return {
    call,
    place: { kind: 'appconfig', application, environment },
    ...(stamp && { stamp }),
    makes: false,
    ofCode: false,
  };
};

/** By service, the calls that can change what a target serves, as CloudTrail spells them. */
const CHANGES: Readonly<Record<string, Readonly<Record<string, (call: ApiCall) => TargetChange | undefined>>>> = {
  lambda: {
    UpdateAlias20150331: (call) => ofAlias(call, false),
    CreateAlias20150331: (call) => ofAlias(call, true),
    DeleteAlias20150331: (call) => ofAlias(call, false),
    UpdateFunctionCode20150331v2: ofCode,
    UpdateFunctionConfiguration20150331v2: ofCode,
  },
  appconfig: { StartDeployment: ofRouting, StopDeployment: ofRouting },
};

export const TARGET_CALLS: readonly string[] = Object.values(CHANGES).flatMap((calls) => Object.keys(calls));

/** @returns nothing for a call that changes no target, or that was refused and changed none */
export const changeOf = (call: ApiCall): TargetChange | undefined =>
  call.refused === undefined ? CHANGES[call.service]?.[call.name]?.(call) : undefined;

/** Whether a deployment's target is the one, by account and region too: each account speaks for its own functions. */
export const isChanged = ({ target }: Deployment, { call, place }: TargetChange): boolean => {
  const [, , , region, account, ...resource] = (
    target.kind === 'lambda-alias' ? target.functionArn : target.applicationArn
  ).split(':');
  if (account !== call.account || region !== call.region) return false;
  if (target.kind === 'lambda-alias' && place.kind === 'lambda-alias')
    return place.functionName === resource[1] && (place.alias ?? target.alias) === target.alias;
  if (target.kind === 'appconfig' && place.kind === 'appconfig')
    return `application/${place.application}` === resource[0] && place.environment === target.environment;
  return false;
};
