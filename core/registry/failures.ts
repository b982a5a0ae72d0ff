import { Failure } from '../kernel/failure.ts';

/** The version is not reserved for these bytes, though the workflow reserved it: someone wrote to the table by hand. */
export class ReservationLost extends Failure {
  override readonly name = 'Registry.ReservationLost' as const;
  readonly disposition = 'quarantine' as const;
}
