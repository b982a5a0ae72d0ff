import { ListUnreadable } from '../../core/hold/failures.ts';
import type { Hold, HoldList } from '../../core/hold/hold.ts';
import type { HoldChange, Holds } from '../../core/hold/ports.ts';
import type { Fact } from '../../core/kernel/fact.ts';

/** Holds in memory, with the compare-and-swap that the table has. */
export const memoryHolds = (facts: Fact[] = []) => {
  const all = new Map<string, Hold>();
  const state = { revision: 1, open: new Map<string, Hold>(), lost: false };
  const list = (): HoldList => {
    if (state.lost) throw new ListUnreadable('there is no list of holds');
    return { revision: state.revision, holds: [...state.open.values()] };
  };
  const swap = ({ revision, hold, closes, fact }: HoldChange): boolean => {
    if (state.revision !== revision) return false;
    state.revision += 1;
    for (const id of closes) state.open.delete(id);
    if (hold.lifted === undefined) state.open.set(hold.id, hold);
    else state.open.delete(hold.id);
    all.set(hold.id, hold);
    if (fact !== undefined) facts.push(fact);
    return true;
  };
  const holds: Holds = {
    list: async () => list(),
    find: async (id) => all.get(id),
    swap: async (change) => {
      await Promise.resolve();
      return swap(change);
    },
  };
  return {
    holds,
    facts,
    now: list,
    /** Plays a table that was deleted and made again by hand. */
    lose: () => {
      state.lost = true;
    },
    mend: () => {
      state.lost = false;
    },
  };
};
