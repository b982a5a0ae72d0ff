import { setTimeout as pause } from 'node:timers/promises';
import { Answer, type Attempt, intake } from '../core/intake/contract.ts';
import type { Context } from './context.ts';
import type { ModelBucket } from './model-bucket.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;
const GROWTH = 1.5;

export type Waited =
  | { readonly answer: Answer }
  | { readonly answer: undefined; readonly lastLook: 'absent' | 'refused' };

export const answerKey = (subject: { model: string; version: string }, bucket: string, id: string): string => {
  const attempt: Attempt = { ...subject, bucket, id, manifest: id, look: 0, lastLook: false };
  return intake.keys.answer(attempt);
};

/** Looks for the answer until it is there or the time is over. */
export const awaitAnswer = async (
  { bucket, key, timeoutSeconds }: { bucket: ModelBucket; key: string; timeoutSeconds: number },
  { signal, progress }: Context,
): Promise<Waited> => {
  const began = performance.now();
  for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * GROWTH, LONGEST_PAUSE_MS)) {
    const seen = await bucket.find(key);
    if (typeof seen === 'object') return { answer: Answer.parse(JSON.parse(seen.text)) };
    const left = timeoutSeconds * 1000 - (performance.now() - began);
    if (left <= 0) return { answer: undefined, lastLook: seen };
    progress(`waiting for the answer (${Math.round((performance.now() - began) / 1000)} s)`);
    await pause(Math.min(wait, left), undefined, { signal });
  }
};
