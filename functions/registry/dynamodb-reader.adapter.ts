import { LineageEdge } from '../../core/lineage/contract.ts';
import type { RegistryReader } from '../../core/registry/answer-query.ts';
import { ModelHead, RegisteredVersion } from '../../core/registry/contract.ts';
import { MODELS, registryKeys } from '../../core/registry/table.ts';
import { rethrow } from '../platform/aws-errors.ts';
import { getItem, queryItems } from '../platform/dynamodb.adapter.ts';

/** The registry table, as queries read it. */
export const dynamodbReader = (table: string): RegistryReader => ({
  heads: async () =>
    (await queryItems({ table, index: 'inverse', pk: MODELS }).catch(rethrow)).map((item) => ModelHead.parse(item)),

  head: async (model) => {
    const { pk, sk } = registryKeys.head(model);
    const item = await getItem(table, { pk, sk }).catch(rethrow);
    return item === undefined ? undefined : ModelHead.parse(item);
  },

  versions: async (model) =>
    (await queryItems({ table, ...registryKeys.versionsOf(model) }).catch(rethrow))
      .filter((item) => item.stage === 'registered')
      .map((item) => RegisteredVersion.parse(item)),

  version: async (subject) => {
    const item = await getItem(table, registryKeys.version(subject)).catch(rethrow);
    return item?.stage === 'registered' ? RegisteredVersion.parse(item) : undefined;
  },

  edges: async (node, direction) => {
    const range = {
      table,
      ...registryKeys.edgesOf(node),
      ...(direction === 'downstream' && { index: 'inverse' as const }),
    };
    return (await queryItems(range).catch(rethrow)).map((item) => LineageEdge.parse(item));
  },
});
