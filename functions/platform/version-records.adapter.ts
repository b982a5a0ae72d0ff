import { RegisteredVersion } from '../../core/registry/contract.ts';
import { registryKeys } from '../../core/registry/table.ts';
import { rethrow } from './aws-errors.ts';
import { getItem } from './dynamodb.adapter.ts';

/** All that the registry says about a registered version, read strongly consistent; a reservation is none. */
export const versionRecords = (table: string) => ({
  find: async (subject: { model: string; version: string }): Promise<RegisteredVersion | undefined> => {
    const item = await getItem(table, registryKeys.version(subject)).catch(rethrow);
    return item?.stage === 'registered' ? RegisteredVersion.parse(item) : undefined;
  },
});
