import { Failure } from '../kernel/failure.ts';

/** KMS refuses the key: disabled, pending deletion, of another kind, or not ours to use. No retry mends that. */
export class KeyUnusable extends Failure {
  override readonly name = 'Signing.KeyUnusable' as const;
  readonly disposition = 'quarantine' as const;
}

/** Our own verifier refuses what is about to be kept: the key signed something else, or is not the key that it says. */
export class BundleUnverifiable extends Failure {
  override readonly name = 'Signing.BundleUnverifiable' as const;
  readonly disposition = 'quarantine' as const;
}

/** The stage's configuration asks for a key set that nobody could use. A deployment ends here. */
export class KeySetRefused extends Failure {
  override readonly name = 'Signing.KeySetRefused' as const;
  readonly disposition = 'quarantine' as const;
}
