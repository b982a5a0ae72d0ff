import type { DeclaredFeature } from '../core/intake/manifest.ts';
import { CaptureLimits } from '../core/telemetry/capture-limits.ts';
import { summarise } from '../core/telemetry/summarise.ts';
import type { Random } from './simulated-traffic.ts';

const FEATURES = 20;
export const STORED_AT = Date.parse('2026-11-23T12:00:00Z');

export const names = Array.from({ length: FEATURES }, (_, index) => `feature_${index}`);
export const declared: DeclaredFeature[] = names.map((name) => ({
  name,
  type: 'number',
  required: true,
  personal: false,
}));

export type Event = { readonly timestamp: string; readonly features: Readonly<Record<string, number>> } & Record<
  string,
  unknown
>;

/** Half of the features normal, half lognormal; spread over the minutes before the file was stored. */
export const eventOf = ({ normal, uniform }: Random, index: number, minutes: number): Event => ({
  schema_version: 1,
  request_id: `request-${index}`,
  model: 'credit-risk',
  version: '3',
  deployment: 'production',
  timestamp: new Date(STORED_AT - Math.floor(uniform() * minutes * 60_000)).toISOString(),
  latency: 20 * Math.exp(0.5 * normal()),
  status: uniform() < 0.01 ? 'error' : 'ok',
  features: Object.fromEntries(
    names.map((name, kind) => [name, kind % 2 === 0 ? 50 + 10 * normal() : Math.exp(normal())]),
  ),
  prediction: uniform() < 0.7 ? 1 : 0,
  score: uniform(),
});

/** Everything that summarise does with a file but S3. */
export const summarised = async (bytes: AsyncIterable<Uint8Array>): Promise<{ parts: number; events: number }> => {
  const file = { source: { key: 'a', versionId: '1' }, storedAt: new Date(STORED_AT), bytes };
  const limits = CaptureLimits.parse({});
  let parts = 0;
  let events = 0;
  for await (const part of summarise(file, { featuresOf: async () => declared, limits })) {
    parts += 1;
    events += part.ledger?.events ?? 0;
  }
  return { parts, events };
};
