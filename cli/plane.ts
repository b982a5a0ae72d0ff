import { setTimeout as pause } from 'node:timers/promises';
import type { z } from 'zod';
import { type Act, ApiError, type Names, type Question, type Route } from '../core/kernel/api.ts';
import { reasonsIn } from '../core/kernel/issues.ts';
import { show } from '../core/kernel/reason.ts';
import { PlaneAddress, planeParameter } from '../core/registry/api.ts';
import { regionIn } from './aws-environment.ts';
import { askingAws, awsProblem, isNamed } from './aws-problem.ts';
import { couldNotTell, misused, type Problem } from './outcome.ts';
import { type Response, type SignedRequest, sendSigned } from './signed-request.ts';

type Answer<R extends Route> = z.output<R['response']>;

/** One installed plane, as far as a client knows it. Every call may end in a Problem: it could not be told. */
export type Plane = {
  address(): Promise<PlaneAddress>;
  /** Undefined where the plane says that there is no such thing. `from` is the `next` of the page before. */
  ask<Q extends Question>(route: Q, names: Names<Q['path']>, from?: string): Promise<Answer<Q> | undefined>;
  /** An act of the caller; undefined where there is nothing to do it to. */
  tell<A extends Act>(route: A, names: Names<A['path']>, body: z.input<A['request']>): Promise<Answer<A> | undefined>;
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
/** Nothing was done: the name of the host was not found, or the gateway took nothing on. */
const NOTHING_DONE = { error: 'EAI_AGAIN', status: 429 };

/**
 * What got lost is sent again. A question changes nothing; an act whose answer got lost may have been done, so only
 * one that promises to be repeatable is sent a second time.
 */
const sendPatiently = async (asked: SignedRequest, repeatable: boolean): Promise<Response> => {
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await sendSigned(asked);
      const { status } = response;
      const again = status === NOTHING_DONE.status || (repeatable && status >= 500);
      if (attempt === TRIES || !again) return response;
    } catch (cause) {
      const again = repeatable ? isNamed(cause, ...TRANSIENT) : isNamed(cause, NOTHING_DONE.error);
      if (attempt === TRIES || !again) throw awsProblem(cause, asked.url.href);
    }
    await pause(FIRST_PAUSE_MS * 2 ** attempt, undefined, { signal: asked.signal });
  }
};

/** The plane has read what it was sent, and says what is wrong with it: trying again would not help. */
const WRONG_CALL = [400, 413];

const refusal = ({ status, body }: Response, url: URL): Problem => {
  const said = ApiError.safeParse(parsed(body)).data?.error;
  if (said !== undefined && WRONG_CALL.includes(status)) {
    const [reason, ...others] = said.reasons ?? [];
    return misused(reason !== undefined && others.length === 0 ? reason : { message: said.message, fix: said.fix });
  }
  const denied = status === 401 || status === 403;
  return couldNotTell({
    path: url.href,
    message: said?.message ?? (denied ? 'the plane does not permit this' : 'the plane did not answer'),
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

/** Wrong arguments are told before anything is sent, in the words in which the plane would tell them. */
const bodyFor = ({ request }: Act, body: unknown): string => {
  const parsedBody = request.safeParse(body);
  const [reason] = parsedBody.success ? [] : reasonsIn('cli.usage', parsedBody.error, body);
  if (reason !== undefined) throw misused(reason);
  return JSON.stringify(body);
};

/** The plane of a stage, in the AWS account and region that the environment names. */
export const planeOf = (stage: string, signal: AbortSignal, env: NodeJS.ProcessEnv = process.env): Plane => {
  const endpoint = env.AWS_ENDPOINT_URL_EXECUTE_API || env.AWS_ENDPOINT_URL || undefined;
  let found: Promise<PlaneAddress> | undefined;
  const address = (): Promise<PlaneAddress> => {
    found ??= lookUp(stage, env, signal);
    return found;
  };
  const send = async (route: Route, path: string, { from, body }: { from?: string | undefined; body?: string }) => {
    const { apiUrl, region } = await address();
    const url = new URL(apiUrl.replace(/\/$/, '') + path);
    if (from !== undefined) url.searchParams.set('from', from);
    const repeatable = route.method === 'GET' || route.repeatable === true;
    const { method } = route;
    const response = await sendPatiently({ method, url, body, region, signal, endpoint }, repeatable);
    const document = parsed(response.body);
    // A gateway that knows no such route says 404 too, but not in the plane's words.
    if (response.status === 404 && ApiError.safeParse(document).success) return undefined;
    const answer = route.response.safeParse(document);
    if (response.status !== 200 || !answer.success) throw refusal(response, url);
    return answer.data;
  };
  return {
    address,
    ask: async <Q extends Question>(route: Q, names: Names<Q['path']>, from?: string) =>
      (await send(route, filled(route.path, names), { from })) as Answer<Q> | undefined,
    tell: async <A extends Act>(route: A, names: Names<A['path']>, body: z.input<A['request']>) =>
      (await send(route, filled(route.path, names), { body: bodyFor(route, body) })) as Answer<A> | undefined,
  };
};
