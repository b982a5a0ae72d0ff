import type { DeclaredFeature } from '../../core/intake/manifest.ts';
import { Feature } from '../../core/intake/manifest.ts';
import { CaptureLimits } from '../../core/telemetry/capture-limits.ts';
import type { SummaryPart } from '../../core/telemetry/contract.ts';
import { type SummariseOptions, summarise } from '../../core/telemetry/summarise.ts';

export const feature = (name: string, type: DeclaredFeature['type'], more: object = {}): DeclaredFeature =>
  Feature.parse({ name, type, ...more });

export const FEATURES: readonly DeclaredFeature[] = [
  feature('age', 'integer', { minimum: 0, maximum: 120 }),
  feature('income', 'number', { required: false }),
  feature('region', 'category', { categories: ['north', 'south'] }),
  feature('employer', 'category', { personal: true }),
  feature('salary', 'number', { personal: true, required: false }),
  feature('member', 'boolean', { required: false }),
];

export const inference = (more: object = {}) => ({
  schema_version: 1,
  request_id: 'request-1',
  model: 'credit-risk',
  version: '3',
  deployment: 'production',
  timestamp: '2026-11-23T10:00:12.500Z',
  latency: 12.5,
  status: 'ok',
  features: { age: 42, income: 51_000.5, region: 'north', employer: 'Acme', member: true },
  prediction: 1,
  score: 0.91,
  segment: 'web',
  cost: 0.0004,
  ...more,
});

export const jsonLines = (...events: readonly unknown[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('');

const STORED_AT = new Date('2026-11-23T10:05:00Z');

export type Capture = { readonly key?: string; readonly versionId?: string; readonly chunk?: number };

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** All parts of the summary of a file, of the two registered versions of `credit-risk` unless asked otherwise. */
export const summaryOf = async (
  content: string | Uint8Array,
  { key = 'captures/a.jsonl', versionId = 'v1', chunk = 65_536 }: Capture = {},
  options: Partial<SummariseOptions> = {},
): Promise<SummaryPart[]> => {
  const bytes = inChunks(typeof content === 'string' ? Buffer.from(content) : content, chunk);
  const featuresOf = async ({ model, version }: { model: string; version: string }) =>
    model === 'credit-risk' && ['3', '4'].includes(version) ? FEATURES : undefined;
  const parts: SummaryPart[] = [];
  const file = { source: { key, versionId }, storedAt: STORED_AT, bytes };
  for await (const part of summarise(file, { featuresOf, limits: CaptureLimits.parse({}), ...options }))
    parts.push(part);
  return parts;
};
