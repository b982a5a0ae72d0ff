import type { RegisteredVersions } from '../../core/intake/ports.ts';
import { Digest } from '../../core/kernel/digest.ts';
import { RegisteredVersion } from '../../core/registry/contract.ts';
import { registryKeys } from '../../core/registry/table.ts';
import { rethrow } from './aws-errors.ts';
import { getItem } from './dynamodb.adapter.ts';

type Subject = { model: string; version: string };

/** Strongly consistent; a reservation is not a registration. */
const findItem = async (table: string, subject: Subject) => {
  const item = await getItem(table, registryKeys.version(subject)).catch(rethrow);
  return item?.stage === 'registered' ? item : undefined;
};

/** Which bytes are registered. */
export const registeredVersions = (table: string): RegisteredVersions => ({
  find: async (subject) => {
    const item = await findItem(table, subject);
    return item === undefined ? undefined : { root: Digest.parse(item.root) };
  },
});

/** All that the registry says about a registered version. */
export const versionRecords = (table: string) => ({
  find: async (subject: Subject): Promise<RegisteredVersion | undefined> => {
    const item = await findItem(table, subject);
    return item === undefined ? undefined : RegisteredVersion.parse(item);
  },
});
