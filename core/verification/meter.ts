import type { Clock } from '../kernel/clock.ts';
import { OutOfTime } from './failures.ts';

/** What one run may spend: bytes it should not go beyond, and time it cannot. */
export type Meter = {
  readonly clock: Clock;
  readonly until: Date;
  /** Bytes read so far, whatever for. */
  bytes: number;
};

export const isOver = ({ clock, until }: Meter): boolean => clock.now() >= until;

/** @throws OutOfTime */
export const spend = (meter: Meter, bytes: number): void => {
  meter.bytes += bytes;
  if (isOver(meter)) throw new OutOfTime('the run ended before the object was read to its end');
};
