import { randomUUID } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Plane } from './flight.ts';
import { inference, jsonLines } from './inference.ts';

type Stream = { readonly model: string; readonly version: string; readonly deployment: string };
type Seen = { readonly requests: number; readonly errors?: number; readonly slow?: number };

/** One capture file with what a stream answered just now. */
export const captured = async (plane: Plane, stream: Stream, { requests, errors = 0, slow = 0 }: Seen) => {
  const timestamp = new Date().toISOString();
  const events = Array.from({ length: requests }, (_, at) => ({
    ...inference({ request_id: randomUUID(), timestamp, ...stream }),
    features: {},
    status: at < errors ? 'error' : 'ok',
    latency: at < slow ? 5000 : 12.5,
  }));
  await plane.s3.send(
    new PutObjectCommand({
      Bucket: plane.outputs.CaptureBucketName,
      Key: `captures/${stream.model}/${randomUUID()}.jsonl`,
      Body: jsonLines(...events),
    }),
  );
};
