import { z } from 'zod';
import { defineEnv, defineReactor, jsonEnv } from '../kernel/contract.ts';

/** The one object of a log that is replaced: the tree that is signed now. */
export const CHECKPOINT = 'checkpoint';

/** Where the log's key stands beside it, for whoever has no better source. */
export const LOG_KEY = 'log.vkey';

/** Everything else in the bucket of a log, as patterns of IAM. */
export const WRITTEN_ONCE: readonly string[] = ['tile/*', 'facts/*', LOG_KEY];

/** The name of a stage's log, and of the key that signs it. No other log has it. */
export const logOrigin = ({ stage, account, region }: { stage: string; account: string; region: string }): string =>
  `clearance/${stage}/${account}/${region}`;

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
      env: defineEnv({
        LOG_BUCKET: z.string(),
        COPY_BUCKET: z.string(),
        LOG_KEY_ARN: z.string(),
        LOG_ORIGIN: z.string(),
      }),
    }),
  },
} as const;
