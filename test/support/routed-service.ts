import { setTimeout as pause } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { type FetchRouting, followRouting, type RoutingReader } from '../../readers/routing-reader.ts';
import type { Plane } from './flight.ts';
import { jsonLines } from './inference.ts';

export type Place = { readonly application: string; readonly environment: string; readonly profile: string };

/**
 * GetLatestConfiguration by its wire, as the caller's own SDK would do it: a session, then one token after the other. Each is
 * good for one call, so a call that was lost ends the session.
 */
const fromAppConfig = ({ endpoint, env }: Pick<Plane, 'endpoint' | 'env'>, place: Place): FetchRouting => {
  const credential = `${env.AWS_ACCESS_KEY_ID}/20260101/us-east-1/appconfigdata/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`;
  let token: string | undefined;
  const ask = async (path: string, signal: AbortSignal, body?: object): Promise<Response> => {
    const answer = await fetch(`${endpoint}${path}`, {
      signal,
      headers: { authorization },
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return answer;
  };
  const open = async (signal: AbortSignal): Promise<string> => {
    const session = await ask('/configurationsessions', signal, {
      ApplicationIdentifier: place.application,
      EnvironmentIdentifier: place.environment,
      ConfigurationProfileIdentifier: place.profile,
    });
    return ((await session.json()) as { InitialConfigurationToken: string }).InitialConfigurationToken;
  };
  return async (signal) => {
    const once = token ?? (await open(signal));
    token = undefined;
    const answer = await ask(`/configuration?configuration_token=${once}`, signal);
    token = answer.headers.get('next-poll-configuration-token') ?? undefined;
    return answer.text();
  };
};

export type Answered = { readonly sequence: number; readonly weight: number; readonly version: string };

export type RoutedService = AsyncDisposable & {
  readonly routing: RoutingReader;
  /** Every answer to a key that was never asked with before. */
  readonly answers: readonly Answered[];
  /** What each key that comes back was answered with, in turn. */
  readonly returning: ReadonlyMap<string, readonly string[]>;
  /** From now on a version answers with errors. */
  break(version: string): void;
};

type ServiceOptions = {
  readonly model: string;
  readonly deployment: string;
  readonly place: Place;
};

const ROUND_MS = 500;
const NEW_KEYS = 150;
const RETURNING_KEYS = 50;
const BROKEN_SHARE = 0.4;

/**
 * An inference server that holds every version and asks the routing document who answers. It has visitors all the time,
 * and captures an inference event of each answer.
 */
export const startRoutedService = async (plane: Plane, options: ServiceOptions): Promise<RoutedService> => {
  const { model, deployment, place } = options;
  const routing = await followRouting({ model, fetch: fromAppConfig(plane, place), pollSeconds: 1 });
  const answers: Answered[] = [];
  const returning = new Map<string, string[]>();
  const broken = new Set<string>();
  const stopped = new AbortController();

  const answer = (key: string, nth: number) => {
    const { version } = routing.route(key);
    const fails = broken.has(version) && nth % 100 < BROKEN_SHARE * 100;
    return {
      schema_version: 1,
      request_id: `${key}-${nth}`,
      model,
      version,
      deployment,
      timestamp: new Date().toISOString(),
      latency: 5,
      status: fails ? 'error' : 'ok',
    };
  };

  const round = async (nth: number): Promise<void> => {
    const { document } = routing.standing();
    const weight = document.versions[1]?.weight ?? 0;
    const fresh = Array.from({ length: NEW_KEYS }, (_, n) => answer(`new-${nth}-${n}`, n));
    const back = Array.from({ length: RETURNING_KEYS }, (_, n) => answer(`back-${n}`, n));
    answers.push(...fresh.map(({ version }) => ({ sequence: document.sequence, weight, version })));
    back.forEach(({ version }, n) => {
      returning.set(`back-${n}`, [...(returning.get(`back-${n}`) ?? []), version]);
    });
    await plane.s3.send(
      new PutObjectCommand({
        Bucket: plane.outputs.CaptureBucketName,
        Key: `captures/${deployment}/${String(nth).padStart(6, '0')}.jsonl`,
        Body: jsonLines(...fresh, ...back),
      }),
    );
  };

  const serve = async (): Promise<void> => {
    for (let nth = 0; !stopped.signal.aborted; nth++) {
      const until = Date.now() + ROUND_MS;
      await round(nth);
      await pause(Math.max(0, until - Date.now()), undefined, { signal: stopped.signal }).catch(() => {});
    }
  };
  const serving = serve();

  return {
    routing,
    answers,
    returning,
    break: (version) => broken.add(version),
    [Symbol.asyncDispose]: async () => {
      stopped.abort();
      routing[Symbol.dispose]();
      await serving;
    },
  };
};
