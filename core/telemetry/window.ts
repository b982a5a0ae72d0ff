import { canonicalJson } from '../kernel/canonical-json.ts';
import { type Grain, MILLISECONDS, type SummaryPart, type Window } from './contract.ts';
import { StreamTallies } from './stream-tallies.ts';

/**
 * Windows of a grain from finer ones (or equal ones), per stream. Minutes into hours into days gives what minutes into
 * days gives. The windows must be of different events: nothing in a window says which events it counted.
 */
export const rollUp = (windows: Iterable<Window>, grain: Grain): Window[] => {
  const tallies = new StreamTallies(grain);
  for (const window of windows) {
    if (MILLISECONDS[window.grain] > MILLISECONDS[grain])
      throw new TypeError(`a window of one ${window.grain} cannot be part of one ${grain}`);
    tallies.at(window.stream, Date.parse(window.start)).merge(window.tally);
  }
  return tallies.windows();
};

/**
 * The windows of a set of summaries. A part that is there several times counts once: it is known by its source, so a
 * delivery that is repeated or late changes nothing that it should not.
 */
export const mergeSummaries = (parts: Iterable<SummaryPart>, grain: Grain = 'minute'): Window[] => {
  const set = new Map<string, SummaryPart>();
  for (const part of parts) set.set(`${part.source.key}\n${part.source.versionId}\n${part.part}`, part);
  return rollUp(
    [...set.values()].flatMap(({ windows }) => windows),
    grain,
  );
};

/** A window as it is stored: one window, one sequence of bytes. */
export const windowBytes = (window: Window): string => canonicalJson(window);
