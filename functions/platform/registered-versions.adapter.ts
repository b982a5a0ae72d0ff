import type { RegisteredVersions } from '../../core/intake/ports.ts';
import { Digest } from '../../core/kernel/digest.ts';
import { registryKeys } from '../../core/registry/table.ts';
import { rethrow } from './aws-errors.ts';
import { getItem } from './dynamodb.adapter.ts';

/** Which bytes are registered, read strongly consistent; a reservation is not a registration. */
export const registeredVersions = (table: string): RegisteredVersions => ({
  find: async (subject) => {
    const item = await getItem(table, registryKeys.version(subject)).catch(rethrow);
    return item?.stage === 'registered' ? { root: Digest.parse(item.root) } : undefined;
  },
});
