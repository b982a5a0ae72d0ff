import { type EventSourceMappingOptions, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { FACT_SK } from '../../core/kernel/fact.ts';
import type { GovernedFunction } from './governed-function.ts';
import type { GovernedTable } from './governed-table.ts';
import { allow } from './permissions.ts';

/** Tables that facts are written to, by the name that their stream mappings have. */
export type FactTables = Readonly<Record<string, GovernedTable>>;

/** Calls a function with the facts that are written to a table: new ones only, whatever else changes there. */
const follow = (
  follower: GovernedFunction,
  { name, table }: { name: string; table: GovernedTable },
  how: EventSourceMappingOptions,
): void => {
  const stream = table.tableStreamArn;
  if (stream === undefined) throw new Error(`${table.node.path} has no stream`);
  allow(follower, {
    actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
    resources: [stream],
  });
  allow(follower, {
    actions: ['dynamodb:ListStreams'],
    resources: [`${table.tableArn}/stream/*`],
    because: 'Lambda lists the streams of this one table to find the one it was given; the label is a time stamp.',
  });
  table.grantDecrypt(follower);
  follower.function.addEventSourceMapping(name, {
    ...how,
    eventSourceArn: stream,
    startingPosition: StartingPosition.TRIM_HORIZON,
    filters: [
      FilterCriteria.filter({
        eventName: FilterRule.isEqual('INSERT'),
        dynamodb: { Keys: { sk: { S: FilterRule.isEqual(FACT_SK) } } },
      }),
    ],
  });
};

export const followFacts = (follower: GovernedFunction, tables: FactTables, how: EventSourceMappingOptions): void => {
  for (const [name, table] of Object.entries(tables)) follow(follower, { name, table }, how);
};
