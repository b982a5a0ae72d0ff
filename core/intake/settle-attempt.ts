import type { Fact } from '../kernel/fact.ts';
import { settled } from './attempt.ts';
import { changeAttempt } from './change-attempt.ts';
import { Answer, type Attempt, intake } from './contract.ts';
import type { Answers, Attempts } from './ports.ts';

type Said = Omit<Answer, 'answerVersion' | 'model' | 'version' | 'attempt'>;

/**
 * Gives an attempt its answer, once: the object first, so that a settled attempt always has one. Whoever comes second
 * finds the first answer and tells no second fact.
 */
export const settleAttempt = async (
  { answers, attempts }: { answers: Answers; attempts: Attempts },
  attempt: Attempt,
  said: Said,
  factOf: (answer: Answer, key: string) => Fact | undefined = () => undefined,
): Promise<string> => {
  const key = intake.keys.answer(attempt);
  const { model, version, id } = attempt;
  const answer: Answer = { answerVersion: 1, model, version, attempt: id, ...said };
  const standing = Answer.parse(JSON.parse(await answers.putOnce(attempt.bucket, key, JSON.stringify(answer))));
  await changeAttempt(attempts, attempt, (record) => {
    if (record === undefined || record.status === 'answered') return undefined;
    const fact = factOf(standing, key);
    return { record: settled(record, standing, key), ...(fact !== undefined && { fact }) };
  });
  return key;
};
