import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from './context.ts';

/** Pauses between two looks: short at first, since most things that are waited for are done soon. */
export type Pauses = { readonly firstMs: number; readonly longestMs: number };

const GROWTH = 1.5;

type Look<Seen> = () => Promise<Seen>;

/**
 * Looks until what is seen is settled or the time is over; resolves to what was seen last. `say` tells people what is
 * seen meanwhile.
 */
export const untilSettled = async <Seen>(
  look: Look<Seen>,
  isSettled: (seen: Seen) => boolean,
  say: (seen: Seen) => string,
  { timeoutSeconds, firstMs, longestMs }: Pauses & { readonly timeoutSeconds: number },
  { signal, progress }: Context,
): Promise<Seen> => {
  const began = performance.now();
  for (let wait = firstMs; ; wait = Math.min(wait * GROWTH, longestMs)) {
    const seen = await look();
    const passed = performance.now() - began;
    const left = timeoutSeconds * 1000 - passed;
    if (isSettled(seen) || left <= 0) return seen;
    progress(`${say(seen)} (${Math.round(passed / 1000)} s)`);
    await pause(Math.min(wait, left), undefined, { signal });
  }
};
