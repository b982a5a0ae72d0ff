import { z } from 'zod';

/** A bucket from which a stage takes data sets, by its name alone. */
export const BucketName = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'expected names of buckets');
