import { Failure } from '../kernel/failure.ts';

/** What stands in the log is not what the sequencer would write there, so it writes nothing more. */
export class LogDiffers extends Failure {
  override readonly name = 'Audit.LogDiffers' as const;
  readonly disposition = 'quarantine' as const;
}

/** Another run of the sequencer was faster; what it did need not be done again. */
export class Superseded extends Failure {
  override readonly name = 'Audit.Superseded' as const;
  readonly disposition = 'retry' as const;
}

/** The key of the log cannot sign. */
export class LogKeyUnusable extends Failure {
  override readonly name = 'Audit.LogKeyUnusable' as const;
  readonly disposition = 'quarantine' as const;
}
