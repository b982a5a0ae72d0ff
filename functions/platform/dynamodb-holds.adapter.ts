import { Hold, HoldList, ListUnreadable } from '../../core/hold/contract.ts';
import { holdKeys, MAX_OPEN_HOLDS } from '../../core/hold/table.ts';
import { queryItems } from './dynamodb.adapter.ts';

const unreadable = (message: string, cause?: unknown): never => {
  throw new ListUnreadable(message, { cause });
};

/** Every hold that nobody lifted, read strongly consistent and to its end. A lost list is not an empty one. */
export const standingHolds = (table: string) => ({
  list: async (): Promise<HoldList> => {
    const items = await queryItems({ table, pk: holdKeys.list.pk, atMost: MAX_OPEN_HOLDS + 2 }).catch((cause) =>
      unreadable(`the list of holds cannot be read: ${cause}`, cause),
    );
    const list = items.find(({ sk }) => sk === holdKeys.list.sk);
    if (list === undefined || items.length > MAX_OPEN_HOLDS + 1) return unreadable('the list of holds is not whole');
    const holds = items.filter((item) => item !== list).map((item) => Hold.parse(item));
    return HoldList.parse({ revision: list.revision, holds });
  },
});
