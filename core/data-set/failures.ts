/** A data set cannot be read as what the manifest says it is. */
export class DataSetUnreadable extends Error {
  override readonly name = 'DataSetUnreadable';
}

/** A manifest names a data set where the plane takes none from. */
export class DataSetRefused extends Error {
  override readonly name = 'DataSetRefused';
}
