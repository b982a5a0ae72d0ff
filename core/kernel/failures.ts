import { Failure } from './failure.ts';

/** Evidence is not the bytes that were recorded: someone or something wrote over it. */
export class EvidenceAltered extends Failure {
  override readonly name = 'Kernel.EvidenceAltered' as const;
  readonly disposition = 'quarantine' as const;
}

/**
 * The plane's key set is not there, was not sealed by the plane, or has expired. Which keys are revoked is not known
 * then, and there is no answer: a bundle that could not be checked is not a bundle that is wrong.
 */
export class KeySetUnreadable extends Failure {
  override readonly name = 'Kernel.KeySetUnreadable' as const;
  readonly disposition = 'retry' as const;
}

/** A task would return more than workflow state should carry (Step Functions ends an execution above 256 KiB). */
export class OutputTooLarge extends Failure {
  override readonly name = 'Kernel.OutputTooLarge' as const;
  readonly disposition = 'quarantine' as const;
}

/** AWS asked us to slow down, or two writers met. The same call succeeds later. */
export class Throttled extends Failure {
  override readonly name = 'Kernel.Throttled' as const;
  readonly disposition = 'retry' as const;
}

/** A pinned object version cannot be read any more. */
export class UploadChanged extends Failure {
  override readonly name = 'Kernel.UploadChanged' as const;
  readonly disposition = 'quarantine' as const;
}
