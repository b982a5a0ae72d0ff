import {
  type RoutedVersion,
  type RoutingDocument,
  readRoutingDocument,
  route,
} from '../core/rollout/routing-document.ts';

/** Resolves to the text of the document that stands, or to nothing where it is the one that was given before. */
export type FetchRouting = (signal: AbortSignal) => Promise<string | undefined>;

export type RoutingReaderOptions = {
  /** A document of any other model is refused. */
  readonly model: string;
  readonly fetch: FetchRouting;
  /** Between two polls, and how long one may take. A deployment's `settleSeconds` must not be less than it. */
  readonly pollSeconds?: number;
  /** Told of every poll that failed. The document from before goes on to stand. */
  readonly onProblem?: (problem: Error) => void;
};

export type RoutingReader = Disposable & {
  /** Which version answers requests with this key. */
  route(routingKey: string): RoutedVersion;
  /** What is routed by, how long ago it was last known to stand, and what went wrong since. */
  standing(): { readonly document: RoutingDocument; readonly ageSeconds: number; readonly problem?: Error };
  /** Polls if a poll is due: for processes that are frozen between requests, where no timer runs. */
  refresh(): Promise<void>;
};

const DEFAULT_POLL_SECONDS = 15;
const MOST_POLL_SECONDS = 3600;

/** What hangs, ends: a poll that never came back would otherwise be the last. */
const within = async (seconds: number, fetch: FetchRouting): Promise<string | undefined> => {
  const deadline = new AbortController();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const cause = new Error(`no routing document came within ${seconds} s`);
    late.reject(cause);
    deadline.abort(cause);
  }, seconds * 1000);
  try {
    return await Promise.race([fetch(deadline.signal), late.promise]);
  } finally {
    clearTimeout(timer);
  }
};

/**
 * Follows a routing document for a server. It fails static: once it has a document it routes by the last good one
 * however long polls fail or bring something that is none; `standing` says since when. What comes last stands, even
 * with a lower sequence: a human who reverts by hand is to be obeyed.
 * @throws when the first poll brings no document: a server that does not know what to serve must not say it is ready
 */
export const followRouting = async (options: RoutingReaderOptions): Promise<RoutingReader> => {
  const { model, fetch, pollSeconds = DEFAULT_POLL_SECONDS, onProblem } = options;
  if (!(pollSeconds > 0 && pollSeconds <= MOST_POLL_SECONDS))
    throw new TypeError(`pollSeconds: found ${pollSeconds}; allowed: above 0, up to ${MOST_POLL_SECONDS}`);

  const poll = async (): Promise<RoutingDocument | undefined> => {
    const text = await within(pollSeconds, fetch);
    if (text === undefined || text === '') return undefined;
    const found = readRoutingDocument(text);
    if (found.model === model) return found;
    throw new Error(`the routing document is of ${found.model}, and this server answers for ${model}`);
  };

  const first = await poll();
  if (first === undefined) throw new Error(`there is no routing document of ${model} yet`);
  let document = first;
  let goodAt = performance.now();
  let triedAt = goodAt;
  let problem: Error | undefined;
  let polling: Promise<void> | undefined;

  const look = async (): Promise<void> => {
    try {
      document = (await poll()) ?? document;
      goodAt = performance.now();
      problem = undefined;
    } catch (cause) {
      problem = cause instanceof Error ? cause : new Error(String(cause));
      onProblem?.(problem);
    }
  };
  const start = (): Promise<void> => {
    triedAt = performance.now();
    polling ??= look().finally(() => {
      polling = undefined;
    });
    return polling;
  };
  const timer = setInterval(() => void start(), pollSeconds * 1000);
  timer.unref();

  return {
    route: (routingKey) => route(document, routingKey),
    standing: () => ({
      document,
      ageSeconds: (performance.now() - goodAt) / 1000,
      ...(problem !== undefined && { problem }),
    }),
    refresh: async () => (performance.now() - triedAt < pollSeconds * 1000 ? polling : start()),
    [Symbol.dispose]: () => clearInterval(timer),
  };
};

export type AgentAddress = {
  readonly application: string;
  readonly environment: string;
  readonly profile: string;
  readonly port?: number;
};

/** From AppConfig's agent or Lambda extension beside the server, which keeps a copy and polls by itself. */
export const fromAppConfigAgent =
  ({ application, environment, profile, port = 2772 }: AgentAddress): FetchRouting =>
  async (signal) => {
    const path = `applications/${application}/environments/${environment}/configurations/${profile}`;
    const answer = await fetch(`http://localhost:${port}/${path}`, { signal });
    if (!answer.ok) throw new Error(`the AppConfig agent answered ${answer.status} for ${path}`);
    return answer.text();
  };
