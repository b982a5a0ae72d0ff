import { z } from 'zod';
import { Attempt } from '../intake/contract.ts';
import { defineEnv, defineTask } from '../kernel/contract.ts';
import { Digest, hexOf } from '../kernel/digest.ts';
import { EvidenceRef } from '../kernel/evidence.ts';
import { EvidenceAltered, Throttled } from '../kernel/failures.ts';
import { KeyUnusable } from './failures.ts';

export const signing = {
  tasks: {
    signVersion: defineTask({
      env: defineEnv({ EVIDENCE_BUCKET: z.string(), SIGNING_KEY_ARN: z.string() }),
      input: z.object({ attempt: Attempt, digests: EvidenceRef }),
      output: z.object({ bundle: EvidenceRef, root: Digest }),
      failures: [EvidenceAltered, Throttled, KeyUnusable],
    }),
  },
  keys: {
    /** By root digest, not by attempt: whoever asks, and however often, one signature stands for the same bytes. */
    bundle: (subject: { model: string; version: string }, root: Digest) =>
      `signing/${subject.model}/${subject.version}/${hexOf(root)}.json`,
  },
} as const;
