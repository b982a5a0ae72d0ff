import { Failure } from '../kernel/failure.ts';

/** The manifest version that was announced is no longer there: deleted by someone, or by a lifecycle rule. */
export class ManifestVersionGone extends Failure {
  override readonly name = 'Intake.ManifestVersionGone' as const;
  readonly disposition = 'quarantine' as const;
}

/** Something that the plane did not sign stands where the bundle belongs. */
export class BundleForged extends Failure {
  override readonly name = 'Intake.BundleForged' as const;
  readonly disposition = 'quarantine' as const;
}
