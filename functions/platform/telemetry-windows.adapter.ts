import { concurrently } from '../../core/kernel/concurrently.ts';
import { baselineKey } from '../../core/telemetry/baseline-source.ts';
import { collectWindows, spanOf } from '../../core/telemetry/collect-windows.ts';
import { Baseline, type Grain, type Stream, telemetry, Window } from '../../core/telemetry/contract.ts';
import type { HeardStream } from '../../core/telemetry/index-items.ts';
import { heardStreams } from './heard-streams.adapter.ts';
import type { RegisteredManifests } from './registered-manifests.adapter.ts';
import { findText } from './s3-write-once.adapter.ts';
import { minuteItems } from './telemetry-minutes.adapter.ts';
import { summaryParts } from './telemetry-summaries.adapter.ts';

type AskedSpan = { readonly grain: Grain; readonly start: string };

export type TelemetryWindows = {
  /** Those of a model of which anything was heard that has not expired. */
  streams(model: string): Promise<HeardStream[]>;
  /** Those of the windows that are there, by time and grain. */
  read(stream: Stream, spans: readonly AskedSpan[]): Promise<Window[]>;
  /** Of a registered version that declares one. */
  baseline(subject: { model: string; version: string }): Promise<Baseline | undefined>;
};

export type WindowPlaces = { table: string; bucket: string; manifests: RegisteredManifests };

const WIDTH = 16;

async function* oneByOne<Item, Found>(items: Iterable<Item>, find: (item: Item) => Found): AsyncGenerator<Found> {
  for (const item of items) yield find(item);
}

/** Minutes are merged here: a query per hour, and one read for every capture file that told of them. */
const readMinutes = async (
  { table, bucket }: WindowPlaces,
  stream: Stream,
  asked: readonly AskedSpan[],
): Promise<Window[]> => {
  if (asked.length === 0) return [];
  const spans = asked.map(spanOf);
  const first = Math.min(...spans.map(({ from }) => from));
  const end = Math.max(...spans.map(({ to }) => to));
  const items = await minuteItems(table, stream, first, end);
  const keys = [...new Set(items.map(({ summary }) => summary))].sort();
  return collectWindows(
    oneByOne(keys, (key) => summaryParts(bucket, key)),
    { stream, grain: 'minute', spans },
  );
};

/** Hours and days stand merged: one read each. */
const readStanding = async ({ bucket }: WindowPlaces, stream: Stream, asked: readonly AskedSpan[]) => {
  const texts = await concurrently(asked, WIDTH, ({ grain, start }) =>
    findText(bucket, telemetry.keys.window({ stream, grain, start: new Date(start).toISOString() })),
  );
  return texts.flatMap((text) => (text === undefined ? [] : [Window.parse(JSON.parse(text.body))]));
};

/** Full windows with their features, the streams they are of, and the baselines to compare them with. */
export const windows = (places: WindowPlaces): TelemetryWindows => ({
  streams: heardStreams(places.table),

  read: async (stream, spans) => {
    const ofMinutes = spans.filter(({ grain }) => grain === 'minute');
    const standing = spans.filter(({ grain }) => grain !== 'minute');
    const found = await Promise.all([readMinutes(places, stream, ofMinutes), readStanding(places, stream, standing)]);
    return found.flat().sort((a, b) => (a.start < b.start ? -1 : 1));
  },

  baseline: async (subject) => {
    const manifest = await places.manifests.find(subject);
    const key = manifest === undefined ? undefined : baselineKey(manifest);
    const found = key === undefined ? undefined : await findText(places.bucket, key);
    return found === undefined ? undefined : Baseline.parse(JSON.parse(found.body));
  },
});
