import { LineageEdge } from '../../core/lineage/contract.ts';
import type { RegistryReader } from '../../core/registry/answer-query.ts';
import { ModelHead } from '../../core/registry/contract.ts';
import { registryKeys } from '../../core/registry/table.ts';
import { rethrow } from '../platform/aws-errors.ts';
import { getItem, queryItems } from '../platform/dynamodb.adapter.ts';
import { versionRecords } from '../platform/version-records.adapter.ts';

/** The registry table, as queries read it. */
export const dynamodbReader = (table: string): RegistryReader => {
  const records = versionRecords(table);
  return {
    heads: records.heads,
    versions: records.of,
    version: records.find,

    head: async (model) => {
      const { pk, sk } = registryKeys.head(model);
      const item = await getItem(table, { pk, sk }).catch(rethrow);
      return item === undefined ? undefined : ModelHead.parse(item);
    },

    edges: async (node, direction) => {
      const range = {
        table,
        ...registryKeys.edgesOf(node),
        ...(direction === 'downstream' && { index: 'inverse' as const }),
      };
      return (await queryItems(range).catch(rethrow)).map((item) => LineageEdge.parse(item));
    },
  };
};
