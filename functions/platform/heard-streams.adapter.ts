import { HeardStream } from '../../core/telemetry/index-items.ts';
import { STREAMS } from '../../core/telemetry/table.ts';
import { rethrow } from './aws-errors.ts';
import { queryItems } from './dynamodb.adapter.ts';

/**
 * The streams of a model of which anything was heard that has not expired. By model, since producers choose the names of
 * deployments: one that counts up a name must not hide other models.
 */
export const heardStreams =
  (table: string) =>
  async (model: string): Promise<HeardStream[]> => {
    const items = await queryItems({ table, pk: STREAMS, begins: `${model}/`, atMost: 10_000 }).catch(rethrow);
    return items.map((item) => HeardStream.parse(item));
  };
