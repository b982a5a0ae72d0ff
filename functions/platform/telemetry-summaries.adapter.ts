import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { SummaryPart } from '../../core/telemetry/contract.ts';
import { rethrow } from './aws-errors.ts';
import { s3 } from './s3-write-once.adapter.ts';

/**
 * The parts of a summary, one at a time: all of them may be more than fits into memory. They are ours and immutable, so
 * what is used of them is checked where it is used, and the rest is not.
 */
export async function* summaryParts(bucket: string, key: string): AsyncGenerator<SummaryPart> {
  const { sdk, client } = await s3();
  const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key })).catch(rethrow);
  for await (const line of createInterface({ input: Body as Readable, crlfDelay: Number.POSITIVE_INFINITY }))
    yield JSON.parse(line) as SummaryPart;
}
