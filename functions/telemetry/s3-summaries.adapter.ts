import { Readable } from 'node:stream';
import type { SummaryPart } from '../../core/telemetry/contract.ts';
import type { Summaries } from '../../core/telemetry/ports.ts';
import { isNamed, rethrow } from '../platform/aws-errors.ts';
import { lazy } from '../platform/lazy.ts';
import { s3 } from '../platform/s3-write-once.adapter.ts';
import { summaryParts } from '../platform/telemetry-summaries.adapter.ts';

const storage = lazy(() => import('./lib-storage-sdk.adapter.ts'));

async function* lines(parts: AsyncIterable<SummaryPart>): AsyncGenerator<Buffer> {
  for await (const part of parts) yield Buffer.from(`${JSON.stringify(part)}\n`);
}

/** Summaries as immutable objects. One that outgrows a part of an upload is sent as it grows, and stands only at its end. */
export const s3Summaries = (bucket: string): Summaries => ({
  stands: async (key) => {
    const { sdk, client } = await s3();
    try {
      await client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: key }));
      return true;
    } catch (cause) {
      if (isNamed(cause, 'NoSuchKey', 'NotFound')) return false;
      return rethrow(cause);
    }
  },

  putOnce: async (key, parts) => {
    const { client } = await s3();
    const { Upload } = await storage();
    const upload = new Upload({
      client,
      params: {
        Bucket: bucket,
        Key: key,
        Body: Readable.from(lines(parts), { objectMode: false }),
        ContentType: 'application/jsonl',
        IfNoneMatch: '*',
      },
      queueSize: 1,
    });
    try {
      await upload.done();
    } catch (cause) {
      // Whoever came first counted the same file.
      if (!isNamed(cause, 'PreconditionFailed')) rethrow(cause);
    }
  },

  parts: (key) => summaryParts(bucket, key),
});
