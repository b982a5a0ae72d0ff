import { Failure } from '../kernel/failure.ts';

/** A capture file holds no events: it is something else, compressed in an unknown way, or damaged. */
export class CaptureUnreadable extends Failure {
  override readonly name = 'Telemetry.CaptureUnreadable' as const;
  readonly disposition = 'quarantine' as const;
}

/** A baseline data set cannot be read as what the manifest says it is. */
export class BaselineUnreadable extends Failure {
  override readonly name = 'Telemetry.BaselineUnreadable' as const;
  readonly disposition = 'quarantine' as const;
}

/** A manifest names a baseline data set where the plane takes none from. */
export class BaselineRefused extends Failure {
  override readonly name = 'Telemetry.BaselineRefused' as const;
  readonly disposition = 'quarantine' as const;
}
