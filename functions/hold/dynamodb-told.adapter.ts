import { z } from 'zod';
import { HoldSeverity } from '../../core/hold/contract.ts';
import { toldKeys } from '../../core/hold/table.ts';
import type { OnCallPorts } from '../../core/hold/tell-on-call.ts';
import type { Clock } from '../../core/kernel/clock.ts';
import { rethrow } from '../platform/aws-errors.ts';
import { dynamodb, queryItems } from '../platform/dynamodb.adapter.ts';

const Told = z.object({ fact: z.string(), kind: z.enum(['placed', 'lifted']), severity: HoldSeverity });

/** Longer than any fact can still be on its way; a hold that stands longer is resolved by the severity of its fact. */
const KEPT_SECONDS = 400 * 24 * 3600;

export const dynamodbTold = (table: string, clock: Clock): OnCallPorts['told'] => ({
  about: async (hold) => {
    const items = await queryItems({ table, ...toldKeys.toldOf(hold) }).catch(rethrow);
    return items.map((item) => Told.parse(item));
  },

  record: async (hold, told) => {
    const { sdk, client } = await dynamodb();
    const expiresAt = Math.floor(clock.now().getTime() / 1000) + KEPT_SECONDS;
    const Item = sdk.marshall({ ...toldKeys.told(hold, told.fact), ...told, expiresAt });
    await client.send(new sdk.PutItemCommand({ TableName: table, Item })).catch(rethrow);
  },
});
