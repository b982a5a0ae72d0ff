import type { Cursor } from './cursor.ts';

const MOST_DIMENSIONS = 32;
const NONE = 2;

/** How many elements a dataset or an attribute has. */
export const readDataspace = (cursor: Cursor): { readonly count: number; readonly dimensions: readonly number[] } => {
  const version = cursor.u8();
  const rank = cursor.u8();
  const flags = cursor.u8();
  if (version !== 1 && version !== 2) throw cursor.error(`a dataspace of version ${version}`);
  if (rank > MOST_DIMENSIONS) throw cursor.error(`${rank} dimensions`);
  const type = cursor.u8();
  if (version === 1) cursor.skip(4);
  const dimensions = Array.from({ length: rank }, () => cursor.length());
  if ((flags & 1) !== 0) cursor.skip(rank * cursor.sizes.length);
  const count = dimensions.reduce((product, each) => product * each, 1);
  return { count: version === 2 && type === NONE ? 0 : count, dimensions };
};
