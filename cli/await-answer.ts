import { Answer, type Attempt, intake } from '../core/intake/contract.ts';
import type { Context } from './context.ts';
import type { ModelBucket } from './model-bucket.ts';
import { untilSettled } from './patience.ts';

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
  context: Context,
): Promise<Waited> => {
  const seen = await untilSettled(
    () => bucket.find(key),
    (found) => typeof found === 'object',
    () => 'waiting for the answer',
    { timeoutSeconds, firstMs: 100, longestMs: 2000 },
    context,
  );
  if (typeof seen === 'object') return { answer: Answer.parse(JSON.parse(seen.text)) };
  return { answer: undefined, lastLook: seen };
};
