import type { z } from 'zod';
import type { Act, Names, Route, Routes } from '../../core/kernel/api.ts';
import { reasonsIn } from '../../core/kernel/issues.ts';
import { describeReason } from '../../core/kernel/reason.ts';
import { type ApiRequest, onRequest, RequestRefused } from './on-request.ts';

type Asked<R extends Route> = Pick<ApiRequest, 'caller' | 'query'> & {
  names: Names<R['path']>;
  body: R extends Act ? z.output<R['request']> : undefined;
};

/** One answer for each route of a capability. */
export type Answers<R extends Routes> = {
  readonly [Name in keyof R]: (asked: Asked<R[Name]>) => Promise<z.input<R[Name]['response']>>;
};

const bodyOf = (route: Route, body: unknown): unknown => {
  if (route.method === 'GET') return undefined;
  const parsed = route.request.safeParse(body);
  if (parsed.success) return parsed.data;
  const reasons = reasonsIn('api.wrong-body', parsed.error, body);
  throw new RequestRefused(400, {
    message: reasons.map(describeReason).join('. '),
    fix: `Send a JSON object as ${route.method} ${route.path} takes it; docs/api.md shows one.`,
    reasons,
  });
};

const namesOf = ({ path }: Route, { parameters }: ApiRequest): Record<string, string> =>
  Object.fromEntries(
    [...path.matchAll(/\{([a-z]+)\}/g)].map(([, name = '']) => {
      const value = parameters[name];
      if (value === undefined) throw new RequestRefused(400, { message: `the path names no ${name}` });
      return [name, value];
    }),
  );

/** The routes of one capability behind one function. Bodies are checked against their schema before anybody is asked. */
export const onRoutes = <R extends Routes>(routes: R, answers: Answers<R>) =>
  onRequest(async (request) => {
    const [name, route] =
      Object.entries(routes).find(([, { method, path }]) => request.route === `${method} ${path}`) ?? [];
    if (name === undefined || route === undefined)
      throw new RequestRefused(404, { message: `there is no ${request.route}` });
    const answer = answers[name] as (asked: Asked<Route>) => Promise<unknown>;
    const { caller, query } = request;
    return answer({ names: namesOf(route, request), body: bodyOf(route, request.body), caller, query });
  });
