import { randomUUID } from 'node:crypto';
import { answerAdmission } from '../../core/admission/answer-admission.ts';
import { admissionApi } from '../../core/admission/api.ts';
import { admission } from '../../core/admission/contract.ts';
import { onRoutes } from '../platform/on-routes.ts';
import { readEnv } from '../platform/read-env.ts';
import { s3Evidence } from '../platform/s3-evidence.adapter.ts';
import { admissionAnswers } from './admission-answers.ts';
import { invokedAdmission } from './invoked-admission.adapter.ts';

const env = readEnv(admission.reactors.answerAdmissions);

const answer = answerAdmission({
  admit: invokedAdmission(env.ADMIT_VERSION),
  evidence: s3Evidence(env.EVIDENCE_BUCKET),
  servedBehind: async () => undefined,
});

export const handler = onRoutes(admissionApi, admissionAnswers(answer, randomUUID));
