import { z } from 'zod';

const Count = z.int().min(1);
/** Pairs, not an object: a category may be named `__proto__`. */
const Counts = z.array(z.tuple([z.string(), Count]));

/** Counts of categories as they are stored, each list in the order of its texts. */
export const CategoryForm = z.object({
  /** Categories that the manifest declares. */
  known: Counts,
  /** At most `CATEGORY_CAP` others. */
  others: Counts,
  /** Values of all categories that are not listed, by `bucketOf`; empty when everything is listed. */
  overflow: z.array(z.int().min(0)),
});
export type CategoryForm = z.infer<typeof CategoryForm>;
