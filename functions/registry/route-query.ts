import type { answerQuery } from '../../core/registry/answer-query.ts';
import { api, type PublicKey } from '../../core/registry/api.ts';
import { type ApiRequest, RequestRefused } from '../platform/on-request.ts';

type Ports = { queries: ReturnType<typeof answerQuery>; publicKey(): Promise<PublicKey> };

const found = <Document>(document: Document | undefined, what: string): Document => {
  if (document === undefined)
    throw new RequestRefused(404, `${what} is not registered`, 'clearance list shows what is.');
  return document;
};

const parameter = ({ parameters }: ApiRequest, name: string): string => {
  const value = parameters[name];
  if (value === undefined) throw new RequestRefused(400, `the path names no ${name}`);
  return value;
};

const pageStart = ({ query }: ApiRequest): number => {
  const from = Number(query.from ?? '0');
  if (!Number.isSafeInteger(from) || from < 0)
    throw new RequestRefused(400, `from: found ${query.from}`, 'Give the `next` of the page before, or leave it out.');
  return from;
};

/** One query for each route that the API declares; API Gateway lets nothing else through. */
export const routeQuery = ({ queries, publicKey }: Ports) => {
  const subject = (request: ApiRequest) => ({
    model: parameter(request, 'model'),
    version: parameter(request, 'version'),
  });
  const name = (request: ApiRequest) => `${parameter(request, 'model')} ${parameter(request, 'version')}`;
  const answers = new Map<string, (request: ApiRequest) => Promise<unknown>>([
    [api.models.path, () => queries.models()],
    [
      api.model.path,
      async (request) => found(await queries.model(parameter(request, 'model')), parameter(request, 'model')),
    ],
    [api.status.path, (request) => queries.status(subject(request))],
    [
      api.files.path,
      async (request) => found(await queries.files(subject(request), pageStart(request)), name(request)),
    ],
    [api.lineage.path, async (request) => found(await queries.lineage(subject(request)), name(request))],
    [api.key.path, () => publicKey()],
  ]);
  return async (request: ApiRequest): Promise<unknown> => {
    const answer = answers.get(request.route.replace(/^GET /, ''));
    if (answer === undefined) throw new RequestRefused(404, `there is no ${request.route}`);
    return answer(request);
  };
};
