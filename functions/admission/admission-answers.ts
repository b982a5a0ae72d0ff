import type { answerAdmission } from '../../core/admission/answer-admission.ts';
import type { admissionApi } from '../../core/admission/api.ts';
import { Failure } from '../../core/kernel/failure.ts';
import { logFailure } from '../platform/log.ts';
import { RequestRefused } from '../platform/on-request.ts';
import type { Answers } from '../platform/on-routes.ts';

/** A door that stays closed because something was altered says so: it is no passing weakness of the plane. */
const told = (cause: unknown): never => {
  if (!(cause instanceof Failure) || cause.disposition === 'retry') throw cause;
  logFailure(cause);
  throw new RequestRefused(500, {
    message: `admission gives no answer: ${cause.name}: ${cause.message}`,
    fix: 'Tell the platform team; docs/runbooks/admission.md, "Doors stay closed".',
  });
};

export const admissionAnswers = (
  answer: ReturnType<typeof answerAdmission>,
  newId: () => string,
): Answers<typeof admissionApi> => ({
  admit: async ({ body }) => {
    const given = await answer(body, `api-${newId()}`).catch(told);
    if (given !== undefined) return given;
    const { deployment, model, environment } = body;
    throw new RequestRefused(404, {
      message: `deployment: found ${deployment}; ${model} has no such deployment in ${environment}`,
      fix: 'Name one that has, or leave it out to ask for no target in particular.',
    });
  },
});
