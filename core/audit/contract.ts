import { z } from 'zod';
import { defineEnv, defineReactor, jsonEnv } from '../kernel/contract.ts';

export const audit = {
  reactors: {
    /** The one function that appends to the log. */
    sequenceFacts: defineReactor({
      env: defineEnv({
        AUDIT_TABLE: z.string(),
        LOG_BUCKET: z.string(),
        LOG_KEY_ARN: z.string(),
        LOG_ORIGIN: z.string(),
        /** The tables that facts are written to. */
        FACT_TABLES: jsonEnv(z.array(z.string()).min(1)),
        STAGE: z.string(),
      }),
    }),
    /** Takes the log over into its independent copy, if it goes on from there. */
    copyLog: defineReactor({
      env: defineEnv({ LOG_BUCKET: z.string(), COPY_BUCKET: z.string(), LOG_KEY: z.string() }),
    }),
  },
} as const;
