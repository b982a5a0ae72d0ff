import { HeardStream } from '../../core/telemetry/index-items.ts';
import { STREAMS } from '../../core/telemetry/table.ts';
import { rethrow } from './aws-errors.ts';
import { queryItems } from './dynamodb.adapter.ts';

/** All streams of which anything was heard that has not expired. */
export const heardStreams = (table: string) => async (): Promise<HeardStream[]> => {
  const items = await queryItems({ table, pk: STREAMS, atMost: 100_000 }).catch(rethrow);
  return items.map((item) => HeardStream.parse(item));
};
