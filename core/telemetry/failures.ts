import { Failure } from '../kernel/failure.ts';

/** A capture file holds no events: it is something else, compressed in an unknown way, or damaged. */
export class CaptureUnreadable extends Failure {
  override readonly name = 'Telemetry.CaptureUnreadable' as const;
  readonly disposition = 'quarantine' as const;
}
