import type { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import { present } from '../kernel/present.ts';
import { settled } from './attempt.ts';
import { changeAttempt } from './change-attempt.ts';
import { Answer, intake } from './contract.ts';
import type { Answers, Attempts } from './ports.ts';

type Input = z.output<typeof intake.tasks.answerUpload.input>;
type Output = z.input<typeof intake.tasks.answerUpload.output>;

/** Says yes: the answer object first, so that a settled attempt always has one. */
export const answerUpload =
  ({ answers, attempts, clock }: { answers: Answers; attempts: Attempts; clock: Clock }) =>
  async ({ attempt, execution, root, tier, bundle, evidence }: Input): Promise<Output> => {
    const key = intake.keys.answer(attempt);
    const answer: Answer = {
      answerVersion: 1,
      outcome: 'registered',
      model: attempt.model,
      version: attempt.version,
      attempt: attempt.id,
      answeredAt: clock.now().toISOString(),
      reasons: [],
      root,
      tier,
      bundle,
      evidence: present(evidence),
      execution,
    };
    const standing = Answer.parse(JSON.parse(await answers.putOnce(attempt.bucket, key, JSON.stringify(answer))));
    await changeAttempt(attempts, attempt, (record) =>
      record === undefined || record.status === 'answered' ? undefined : { record: settled(record, standing, key) },
    );
    return { answer: key };
  };
