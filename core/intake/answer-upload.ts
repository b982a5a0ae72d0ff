import type { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import { present } from '../kernel/present.ts';
import type { intake } from './contract.ts';
import type { Answers, Attempts } from './ports.ts';
import { settleAttempt } from './settle-attempt.ts';

type Input = z.output<typeof intake.tasks.answerUpload.input>;
type Output = z.input<typeof intake.tasks.answerUpload.output>;
type Ports = { answers: Answers; attempts: Attempts; clock: Clock };

/** Says yes. */
export const answerUpload =
  (ports: Ports) =>
  async ({ attempt, execution, root, tier, bundle, evidence }: Input): Promise<Output> => ({
    answer: await settleAttempt(ports, attempt, {
      outcome: 'registered',
      answeredAt: ports.clock.now().toISOString(),
      reasons: [],
      root,
      tier,
      bundle,
      evidence: present(evidence),
      execution,
    }),
  });
