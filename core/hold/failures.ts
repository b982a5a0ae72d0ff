import { Failure } from '../kernel/failure.ts';

/**
 * The list of holds cannot be read, or not all of it, or nothing stands where it should. No answer is a no: doors stay
 * closed, and nothing is evicted, until it can.
 */
export class ListUnreadable extends Failure {
  override readonly name = 'Hold.ListUnreadable' as const;
  readonly disposition = 'retry' as const;
}
