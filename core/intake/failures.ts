import { Failure } from '../kernel/failure.ts';

/** The manifest version that was announced is no longer there: deleted by someone, or by a lifecycle rule. */
export class ManifestVersionGone extends Failure {
  override readonly name = 'Intake.ManifestVersionGone' as const;
  readonly disposition = 'quarantine' as const;
}
