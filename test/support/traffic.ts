import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { root } from '../../local/paths.ts';
import type { Plane } from './flight.ts';
import { inference, jsonLines } from './inference.ts';

type Stream = { readonly model: string; readonly version: string; readonly deployment: string };
type Seen = { readonly requests: number; readonly errors?: number; readonly slow?: number };

/** The rows that a version of the iris model was registered with: traffic of any other kind is drift, and held. */
const usualRows = (version: string): Record<string, number>[] => {
  const text = readFileSync(join(root, 'models/iris-forest', version, 'baseline.csv'), 'utf8');
  const [header = '', ...lines] = text.trim().split('\n');
  const names = header.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, at) => [names[at] ?? '', Number(value)])));
};

/** One capture file with what a stream of the iris model answered just now. */
export const captured = async (plane: Plane, stream: Stream, { requests, errors = 0, slow = 0 }: Seen) => {
  const timestamp = new Date().toISOString();
  const rows = usualRows(stream.version);
  const events = Array.from({ length: requests }, (_, at) =>
    inference({
      request_id: randomUUID(),
      timestamp,
      ...stream,
      features: rows[at % rows.length],
      status: at < errors ? 'error' : 'ok',
      latency: at < slow ? 5000 : 12.5,
    }),
  );
  await plane.s3.send(
    new PutObjectCommand({
      Bucket: plane.outputs.CaptureBucketName,
      Key: `captures/${stream.model}/${randomUUID()}.jsonl`,
      Body: jsonLines(...events),
    }),
  );
};
