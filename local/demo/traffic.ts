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
  /** From now on so many batches a second. */
  pace(calls: number): void;
  /** Slows down to so many batches a second once a version has answered so many more rows. */
  paceAfter(version: string, rows: number, calls: number): void;
  /** Everything answered since the last look. */
  look(): Served;
  stop(): Promise<void>;
};

export type TrafficPlan = {
  functionName: string;
  alias: string;
  /** A second, of batches. */
  calls: number;
  rowsPerCall: number;
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
  const { functionName, alias, rowsPerCall, concurrency } = plan;
  const lambda = new LambdaClient({ ...clientOptions(aws), maxAttempts: 1 });
  const samples = wineSamples();
  const stopped = new AbortController();
  let changed = new AbortController();
  let change = (sample: Sample): Sample => sample;
  let served = nothing();
  let interval = 1000 / plan.calls;
  let enough: { version: string; rows: number; calls: number } | undefined;
  let next = Date.now();

  const batch = (): Sample[] =>
    Array.from({ length: rowsPerCall }, () => change(samples[Math.floor(Math.random() * samples.length)] ?? {}));

  const call = async (): Promise<void> => {
    const rows = batch();
    const { Payload, FunctionError } = await lambda.send(
      new InvokeCommand({ FunctionName: functionName, Qualifier: alias, Payload: JSON.stringify({ rows }) }),
    );
    if (FunctionError !== undefined) return count(served, 'none', rows.length, rows.length);
    const { version, answers }: Answers = JSON.parse(Buffer.from(Payload ?? []).toString());
    count(served, version, answers.length, answers.filter(({ ok }) => !ok).length);
    if (enough?.version !== version) return;
    enough.rows -= answers.length;
    if (enough.rows <= 0) pace(enough.calls);
  };

  const pace = (perSecond: number): void => {
    interval = 1000 / perSecond;
    enough = undefined;
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
      next = Date.now() + interval;
      // A call that gets lost is one that a user would repeat; what counts is what the service said.
      await call().catch(() => count(served, 'none', rowsPerCall, rowsPerCall));
    }
  };

  const workers = Array.from({ length: concurrency }, work);
  return {
    send: (kind) => {
      change = kind === 'misread' ? misread : (sample) => sample;
    },
    pace,
    paceAfter: (version, rows, calls) => {
      enough = { version, rows, calls };
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
