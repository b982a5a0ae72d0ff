import { GetParameterCommand } from '@aws-sdk/client-ssm';
import type { Route } from '../../core/kernel/api.ts';
import { PlaneAddress, registryApi } from '../../core/registry/api.ts';
import { assume, assumeAsJob, type Claims, type Credentials } from './callers.ts';
import type { Plane } from './flight.ts';
import { callApi } from './http-api.ts';
import { clientsOf } from './local.ts';

/** The roles of `test/e2e/people/app.ts`. */
export type Person =
  | 'Submitter'
  | 'ChurnSubmitter'
  | 'Reader'
  | 'ChurnReader'
  | 'Operator'
  | 'Auditor'
  | 'Pipeline'
  | 'ReleaseEngineer';

/** A job on the one branch that the pipeline's role is for. */
export const JOB: Claims = {
  iss: 'https://token.actions.githubusercontent.com',
  aud: 'sts.amazonaws.com',
  sub: 'repo:acme/churn:ref:refs/heads/main',
};

const credentialsOf = (plane: Plane, person: Person): Promise<Credentials> => {
  const roleArn = plane.outputs[`${person}RoleArn`] ?? '';
  return person === 'Pipeline' ? assumeAsJob(plane, roleArn, JOB) : assume(plane, roleArn);
};

/** The plane as one of the people around it meets it. */
export const actingAsPerson = async (plane: Plane, person: Person): Promise<Plane> => ({
  ...plane,
  ...clientsOf(plane, await credentialsOf(plane, person)),
});

/** What this person has in the environment of their shell. */
export const shellOf = async (plane: Plane, person: Person): Promise<Record<string, string>> => {
  const { accessKeyId, secretAccessKey, sessionToken } = await credentialsOf(plane, person);
  return {
    ...plane.env,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  };
};

type Called = Readonly<Record<string, string>>;

/** Asks the plane's API, or tells it to do something, found and signed as this person would. */
export const callAs = async (plane: Plane, person: Person, route: Route, names: Called = {}, body?: unknown) => {
  const { ssm } = await actingAsPerson(plane, person);
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: plane.outputs.PlaneParameter }));
  const { apiUrl } = PlaneAddress.parse(JSON.parse(Parameter?.Value ?? ''));
  const [apiId = ''] = new URL(apiUrl).hostname.split('.');
  const path = route.path.replace(/\{([a-z]+)\}/g, (_, name: string) => names[name] ?? '');
  const { method } = route;
  return callApi(plane, { apiId, method, path, body, credentials: await credentialsOf(plane, person) });
};

/** Asks about a model or a version of one. */
export const askAs = (
  plane: Plane,
  person: Person,
  route: keyof typeof registryApi,
  { model = '', version = '' }: { model?: string; version?: string } = {},
) => callAs(plane, person, registryApi[route], { model, version });
