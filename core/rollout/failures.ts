import { Failure } from '../kernel/failure.ts';

/** The target is gone, or does not let us in: its alias was deleted, or its role refuses us. No retry mends that. */
export class TargetUnusable extends Failure {
  override readonly name = 'Rollout.TargetUnusable' as const;
  readonly disposition = 'quarantine' as const;
}

/** A verdict that the workflow brought is not one that our key signed for this version, environment and target. */
export class VerdictForged extends Failure {
  override readonly name = 'Rollout.VerdictForged' as const;
  readonly disposition = 'quarantine' as const;
}
