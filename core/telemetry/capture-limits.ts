import { z } from 'zod';

/** What a stage takes; the rest is refused and counted. */
export const CaptureLimits = z.strictObject({
  pastMinutes: z
    .int()
    .min(1)
    .default(6 * 24 * 60)
    .describe('an event may be this much older than its file'),
  aheadMinutes: z.int().min(0).default(5).describe('and this much younger, since clocks differ'),
  memoryBytes: z
    .int()
    .min(1)
    .default(96 * 1024 * 1024)
    .describe('what counting may hold before it hands over a part of the summary'),
  minutes: z
    .int()
    .min(1)
    .default(100_000)
    .describe('of streams that one file may tell of, an item in a table each: events of more are refused'),
  fileBytes: z
    .int()
    .min(1)
    .default(16 * 1024 ** 3)
    .describe('of a file, decompressed; what is larger is set aside'),
});
export type CaptureLimits = z.infer<typeof CaptureLimits>;
