import { ModelHead, RegisteredVersion } from '../../core/registry/contract.ts';
import { MODELS, registryKeys } from '../../core/registry/table.ts';
import { rethrow } from './aws-errors.ts';
import { getItem, queryItems } from './dynamodb.adapter.ts';

/** All that the registry says about registered versions; reservations are none. */
export const versionRecords = (table: string) => ({
  /** Strongly consistent. */
  find: async (subject: { model: string; version: string }): Promise<RegisteredVersion | undefined> => {
    const item = await getItem(table, registryKeys.version(subject)).catch(rethrow);
    return item?.stage === 'registered' ? RegisteredVersion.parse(item) : undefined;
  },

  of: async (model: string): Promise<RegisteredVersion[]> =>
    (await queryItems({ table, ...registryKeys.versionsOf(model) }).catch(rethrow))
      .filter((item) => item.stage === 'registered')
      .map((item) => RegisteredVersion.parse(item)),

  /** By an index: a model that is registered this moment may be missing. */
  heads: async (): Promise<ModelHead[]> =>
    (await queryItems({ table, index: 'inverse', pk: MODELS }).catch(rethrow)).map((item) => ModelHead.parse(item)),
});
