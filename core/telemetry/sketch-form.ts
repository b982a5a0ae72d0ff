import { z } from 'zod';

const MAX_LEVEL = 17;

/** A sketch as it is stored. `bins` holds what `bin-counts.ts` writes. */
export const SketchForm = z.object({
  bins: z.string(),
  count: z.int().min(0),
  level: z.int().min(0).max(MAX_LEVEL),
  /** NaN and infinities: counted here and nowhere else. */
  nonFinite: z.int().min(0),
  min: z.number().optional(),
  max: z.number().optional(),
});
export type SketchForm = z.infer<typeof SketchForm>;
