import { setTimeout as pause } from 'node:timers/promises';
import type { z } from 'zod';
import { show } from '../core/kernel/reason.ts';
import { ApiError, api, PlaneAddress, planeParameter } from '../core/registry/api.ts';
import { regionIn } from './aws-environment.ts';
import { askingAws, awsProblem, isNamed } from './aws-problem.ts';
import { couldNotTell, misused, type Problem } from './outcome.ts';
import { type Response, type SignedRequest, signedGet } from './signed-request.ts';

type Routes = typeof api;
type Names<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type Question<Route extends keyof Routes> = { readonly [Name in Names<Routes[Route]['path']>]: string };
type Answer<Route extends keyof Routes> = z.output<Routes[Route]['response']>;

/** One installed plane, as far as a client knows it. Every call may end in a Problem: it could not be told. */
export type Plane = {
  address(): Promise<PlaneAddress>;
  /** Undefined where the plane says that there is no such thing. `from` is the `next` of the page before. */
  ask<Route extends keyof Routes>(
    route: Route,
    question: Question<Route>,
    from?: string,
  ): Promise<Answer<Route> | undefined>;
};

const notInstalled = (stage: string, cause: unknown): Problem =>
  couldNotTell(
    {
      path: '--stage',
      message: 'this account and region know no such plane',
      found: show(stage),
      fix: `Check --stage, AWS_REGION and AWS_PROFILE; the plane announces itself in ${planeParameter(stage)}.`,
    },
    { cause },
  );

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};

/** Reads the one parameter by which a plane is found. */
const lookUp = async (stage: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<PlaneAddress> => {
  const { GetParameterCommand, SSMClient } = await import('@aws-sdk/client-ssm');
  const name = planeParameter(stage);
  const client = new SSMClient(regionIn(env));
  const asked = client.send(new GetParameterCommand({ Name: name }), { abortSignal: signal });
  const { Parameter } = await askingAws(
    name,
    asked.catch((cause: unknown) => {
      throw isNamed(cause, 'ParameterNotFound') ? notInstalled(stage, cause) : cause;
    }),
  );
  const address = PlaneAddress.safeParse(parsed(Parameter?.Value ?? ''));
  if (address.success) return address.data;
  throw couldNotTell({
    path: name,
    message: 'this parameter does not say where a plane is',
    found: show(Parameter?.Value),
    fix: 'Deploy the stage again.',
  });
};

const TRIES = 4;
const FIRST_PAUSE_MS = 200;
const TRANSIENT = ['ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'EAI_AGAIN', 'TimeoutError'];

/** Questions change nothing, so one that got lost is asked again. */
const getPatiently = async (asked: SignedRequest): Promise<Response> => {
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await signedGet(asked);
      if (attempt === TRIES || (response.status < 500 && response.status !== 429)) return response;
    } catch (cause) {
      if (attempt === TRIES || !isNamed(cause, ...TRANSIENT)) throw awsProblem(cause, asked.url.href);
    }
    await pause(FIRST_PAUSE_MS * 2 ** attempt, undefined, { signal: asked.signal });
  }
};

const refusal = ({ status, body }: Response, url: URL): Problem => {
  const said = ApiError.safeParse(parsed(body)).data?.error;
  const denied = status === 401 || status === 403;
  return couldNotTell({
    path: url.href,
    message: said?.message ?? (denied ? 'the plane does not permit this question' : 'the plane did not answer'),
    found: `HTTP ${status}`,
    fix: said?.fix ?? (denied ? 'Ask the platform team for execute-api:Invoke on it.' : 'Try again later.'),
  });
};

/** A URL cannot carry these as one segment of its path, however they are written. */
const UNSPEAKABLE = ['', '.', '..'];

const filled = (path: string, question: Readonly<Record<string, string>>): string =>
  path.replace(/\{([a-z]+)\}/g, (_, name: string) => {
    const value = question[name] ?? '';
    if (UNSPEAKABLE.includes(value))
      throw misused({ path: name, message: 'nothing has this name', found: show(value) });
    return encodeURIComponent(value);
  });

/** The plane of a stage, in the AWS account and region that the environment names. */
export const planeOf = (stage: string, signal: AbortSignal, env: NodeJS.ProcessEnv = process.env): Plane => {
  const endpoint = env.AWS_ENDPOINT_URL_EXECUTE_API || env.AWS_ENDPOINT_URL || undefined;
  let found: Promise<PlaneAddress> | undefined;
  const address = (): Promise<PlaneAddress> => {
    found ??= lookUp(stage, env, signal);
    return found;
  };
  return {
    address,
    ask: async <Route extends keyof Routes>(route: Route, question: Question<Route>, from?: string) => {
      const { apiUrl, region } = await address();
      const url = new URL(apiUrl.replace(/\/$/, '') + filled(api[route].path, question));
      if (from !== undefined) url.searchParams.set('from', from);
      const response = await getPatiently({ url, region, signal, endpoint });
      const document = parsed(response.body);
      // A gateway that knows no such route says 404 too, but not in the plane's words.
      if (response.status === 404 && ApiError.safeParse(document).success) return undefined;
      const answer = api[route].response.safeParse(document);
      if (response.status !== 200 || !answer.success) throw refusal(response, url);
      return answer.data as Answer<Route>;
    },
  };
};
