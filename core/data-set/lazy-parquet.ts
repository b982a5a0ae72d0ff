import type { Row } from './rows.ts';

/** Loads the reader of Parquet only where there is Parquet to read. */
export async function* parquetRowsLazily(bytes: Uint8Array): AsyncGenerator<Row> {
  const { parquetRows } = await import('./parquet-rows.ts');
  yield* parquetRows(bytes);
}
