import { Failure } from '../kernel/failure.ts';

/** A data set cannot be read as what the manifest says it is. */
export class DataSetUnreadable extends Failure {
  override readonly name = 'DataSet.Unreadable' as const;
  readonly disposition = 'quarantine' as const;
}

/** A manifest names a data set where the plane takes none from. */
export class DataSetRefused extends Failure {
  override readonly name = 'DataSet.Refused' as const;
  readonly disposition = 'quarantine' as const;
}
