import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { servicesApp } from '../../local/demo/services/services-app.ts';
import { type LocalAws, startLocalAws } from '../../local/local-aws.ts';
import { peopleApp } from '../e2e/people/people-app.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    localAwsBroker: string;
  }
}

const configurationOf = (kind: string) => (kind === 'iam' ? { iam: true, app: peopleApp } : { app: servicesApp });

/** Owns the local AWS of a whole test run: each configuration starts when the first test file asks for it, once. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const started = new Map<string, Promise<LocalAws>>();
  const startOnce = (kind: string): Promise<LocalAws> => {
    const running =
      started.get(kind) ?? startLocalAws({ stage: 'dev', ...configurationOf(kind), onProgress: console.error });
    started.set(kind, running);
    return running;
  };
  const server = createServer((request, response) => {
    startOnce(request.url?.slice(1) ?? '').then(
      ({ endpoint, env, outputs, folder }) => response.end(JSON.stringify({ endpoint, env, outputs, folder })),
      (problem: unknown) => response.writeHead(500).end(String(problem)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  project.provide('localAwsBroker', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.close();
    for (const running of started.values()) await running.then(({ stop }) => stop()).catch(() => {});
  };
};
