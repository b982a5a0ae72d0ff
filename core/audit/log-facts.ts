import { type Measure, metrics } from '../kernel/metrics.ts';
import { Superseded } from './failures.ts';
import { type SequencerPorts, sequenceFacts } from './sequence-facts.ts';

/** A run that was overtaken, or left something, goes again; whoever woke it comes back if that is not enough. */
const RUNS = 10;

/**
 * Runs the sequencer until nothing waits any more. Resolves to how many facts were logged.
 * @throws LogDiffers, LogKeyUnusable, Superseded
 */
export const logFacts = ({ measure, ...ports }: SequencerPorts & { readonly measure: Measure }) => {
  const run = sequenceFacts(ports);
  return async (): Promise<number> => {
    let logged = 0;
    for (let left = RUNS; ; left -= 1) {
      try {
        const answer = await run();
        logged += answer.logged;
        if (answer.logged > 0) measure(metrics.factsLogged, answer.logged);
        if (answer.longest !== undefined) measure(metrics.logLag, answer.longest);
        if (!answer.more || left === 1) return logged;
      } catch (cause) {
        if (!(cause instanceof Superseded) || left === 1) throw cause;
      }
    }
  };
};
