import type { Deployments, Observations } from '../../core/rollout/ports.ts';
import { flightOf } from '../../core/rollout/record.ts';
import { type MinuteCounts, Stream } from '../../core/telemetry/contract.ts';
import { Sketch } from '../../core/telemetry/sketch.ts';

type Minutes = (stream: Stream, from: Date, to: Date) => Promise<readonly MinuteCounts[]>;

const MINUTE_MS = 60_000;
const NONE = { requests: 0, errors: 0, slow: 0 };

/**
 * The two streams side by side, minute by minute, as the inference events named them: whatever befell the service in a
 * minute befell both. A stream that is not named has no requests.
 */
export const observedMinutes = (minutes: Minutes, deployments: Pick<Deployments, 'find'>): Observations => ({
  windows: async (rollout, since, until) => {
    const { baseline } = flightOf(rollout);
    const deployment = await deployments.find(rollout.deployment);
    const slowMs = deployment?.objectives.slowMs ?? Number.POSITIVE_INFINITY;
    const from = new Date(Math.floor(since.getTime() / MINUTE_MS) * MINUTE_MS);
    const read = async (model: string | undefined, version: string | undefined) => {
      const stream = Stream.safeParse({ model, version, deployment: rollout.deployment });
      const found = stream.success ? await minutes(stream.data, from, until) : [];
      return new Map(
        found.map(({ start, requests, errors, latency }) => {
          const slow = Math.min(requests, Sketch.of(latency).countAbove(slowMs));
          return [new Date(start).toISOString(), { requests, errors, slow }];
        }),
      );
    };
    const [canary, before] = await Promise.all([
      read(rollout.model, rollout.version),
      read(baseline.model, baseline.version),
    ]);
    const starts = [...new Set([...canary.keys(), ...before.keys()])].sort();
    return starts.map((start) => ({
      start,
      canary: canary.get(start) ?? NONE,
      baseline: before.get(start) ?? NONE,
    }));
  },
});
