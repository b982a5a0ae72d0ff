import type { answerQuery } from '../../core/registry/answer-query.ts';
import type { PublicKey, registryApi } from '../../core/registry/api.ts';
import { RequestRefused } from '../platform/on-request.ts';
import type { Answers } from '../platform/on-routes.ts';

type Ports = { queries: ReturnType<typeof answerQuery>; publicKey(): Promise<PublicKey> };
type Subject = { model: string; version: string };

const found = <Document>(document: Document | undefined, what: string): Document => {
  if (document === undefined)
    throw new RequestRefused(404, { message: `${what} is not registered`, fix: 'clearance list shows what is.' });
  return document;
};

const pageStart = (query: Readonly<Record<string, string>>): number => {
  const from = Number(query.from ?? '0');
  if (!Number.isSafeInteger(from) || from < 0)
    throw new RequestRefused(400, {
      message: `from: found ${query.from}`,
      fix: 'Give the `next` of the page before, or leave it out.',
    });
  return from;
};

const called = ({ model, version }: Subject) => `${model} ${version}`;

export const queryAnswers = ({ queries, publicKey }: Ports): Answers<typeof registryApi> => ({
  models: () => queries.models(),
  model: async ({ names }) => found(await queries.model(names.model), names.model),
  status: ({ names }) => queries.status(names),
  files: async ({ names, query }) => found(await queries.files(names, pageStart(query)), called(names)),
  lineage: async ({ names }) => found(await queries.lineage(names), called(names)),
  key: () => publicKey(),
});
