import { setTimeout as pause } from 'node:timers/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Answers } from '../../examples/inference-service/handler.ts';
import { clientOptions } from '../emulator.ts';
import type { LocalAws } from '../local-aws.ts';
import { misread, type Sample, wineSamples } from './wine-samples.ts';

/** What has been answered, in rows; a call that failed as a whole has no version. */
export type Served = { rows: number; errors: number; byVersion: Record<string, { rows: number; errors: number }> };

export type Traffic = {
  /** From now on the lines send what their instruments read, or what a broken one does. */
  send(kind: 'healthy' | 'misread'): void;
  /** From now on at this pace. */
  pace(pace: Pace): void;
  /** At this pace as soon as a version has answered so many more rows. */
  paceAfter(version: string, rows: number, pace: Pace): void;
  /** Everything answered since the last look. */
  look(): Served;
  stop(): Promise<void>;
};

/** Batches a second, and how large they are. */
export type Pace = { readonly calls: number; readonly rowsPerCall: number };

export type TrafficPlan = {
  functionName: string;
  alias: string;
  pace: Pace;
  /** Calls under way at once; when that many wait, fewer are sent. */
  concurrency: number;
};

const nothing = (): Served => ({ rows: 0, errors: 0, byVersion: {} });

const count = (served: Served, version: string, rows: number, errors: number): void => {
  const standing = served.byVersion[version] ?? { rows: 0, errors: 0 };
  served.byVersion[version] = { rows: standing.rows + rows, errors: standing.errors + errors };
  served.rows += rows;
  served.errors += errors;
};

/** Sends real samples to a service through its alias, at a steady rate, until it is stopped. */
export const startTraffic = (aws: Pick<LocalAws, 'endpoint' | 'env'>, plan: TrafficPlan): Traffic => {
  const { functionName, alias, concurrency } = plan;
  const lambda = new LambdaClient({ ...clientOptions(aws), maxAttempts: 1 });
  const samples = wineSamples();
  const stopped = new AbortController();
  let changed = new AbortController();
  let read = (sample: Sample): Sample => sample;
  let served = nothing();
  let now = plan.pace;
  let later: { version: string; rows: number; pace: Pace } | undefined;
  let next = Date.now();

  const batch = (): Sample[] =>
    Array.from({ length: now.rowsPerCall }, () => read(samples[Math.floor(Math.random() * samples.length)] ?? {}));

  const call = async (): Promise<void> => {
    const rows = batch();
    const { Payload, FunctionError } = await lambda.send(
      new InvokeCommand({ FunctionName: functionName, Qualifier: alias, Payload: JSON.stringify({ rows }) }),
    );
    if (FunctionError !== undefined) return count(served, 'none', rows.length, rows.length);
    const { version, answers }: Answers = JSON.parse(Buffer.from(Payload ?? []).toString());
    count(served, version, answers.length, answers.filter(({ ok }) => !ok).length);
    if (later?.version !== version) return;
    later.rows -= answers.length;
    if (later.rows <= 0) change(later.pace);
  };

  const change = (pace: Pace): void => {
    now = pace;
    later = undefined;
    next = Date.now();
    changed.abort();
    changed = new AbortController();
  };

  const work = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const wait = next - Date.now();
      if (wait > 0) {
        const signal = AbortSignal.any([stopped.signal, changed.signal]);
        await pause(wait, undefined, { signal }).catch(() => {});
        continue;
      }
      next = Date.now() + 1000 / now.calls;
      // A call that gets lost is one that a user would repeat; what counts is what the service said.
      await call().catch(() => count(served, 'none', now.rowsPerCall, now.rowsPerCall));
    }
  };

  const workers = Array.from({ length: concurrency }, work);
  return {
    send: (kind) => {
      read = kind === 'misread' ? misread : (sample) => sample;
    },
    pace: change,
    paceAfter: (version, rows, pace) => {
      later = { version, rows, pace };
    },
    look: () => {
      const seen = served;
      served = nothing();
      return seen;
    },
    stop: async () => {
      stopped.abort();
      await Promise.all(workers);
      lambda.destroy();
    },
  };
};
