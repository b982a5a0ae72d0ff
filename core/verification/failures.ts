import { Failure } from '../kernel/failure.ts';

/** Nobody can tell whether the signature is right: it is that of a key which the plane does not have at hand. */
export class KeyNotAtHand extends Failure {
  override readonly name = 'Verification.KeyNotAtHand' as const;
  readonly disposition = 'retry' as const;
}

/** The time of this run is over. What was not looked at comes first in the next. */
export class OutOfTime extends Failure {
  override readonly name = 'Verification.OutOfTime' as const;
  readonly disposition = 'retry' as const;
}

/** More was uploaded beside a version than can be looked at; whether readers get any of it is not known. */
export class TooManyObjects extends Failure {
  override readonly name = 'Verification.TooManyObjects' as const;
  readonly disposition = 'retry' as const;
}
