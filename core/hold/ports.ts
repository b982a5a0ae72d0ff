import type { Fact } from '../kernel/fact.ts';
import type { Hold, HoldList } from './hold.ts';

/** How often a change is decided again because another one was first. Of those who meet, one gets through each time. */
export const SWAPS = 25;

export type HoldChange = {
  /** Of the list that the change was decided on. */
  readonly revision: number;
  /** As it stands from now on: in the list, or out of it if it is lifted. */
  readonly hold: Hold;
  /** Expired holds that leave the list with this change. */
  readonly closes: readonly string[];
  readonly fact?: Fact | undefined;
};

export type Holds = {
  /**
   * Every hold that nobody lifted, expired ones included, read strongly consistent.
   * @throws ListUnreadable when it cannot be read to its end, or when there is no list: a lost list is not an empty one
   */
  list(): Promise<HoldList>;
  /** Any hold that ever was. */
  find(id: string): Promise<Hold | undefined>;
  /**
   * Writes the hold, the list and the fact, and raises the revision by one: all of it or nothing.
   * @returns false if the list is no longer the one that was decided on
   */
  swap(change: HoldChange): Promise<boolean>;
};
