import { randomUUID } from 'node:crypto';
import { answerAdmission } from '../../core/admission/answer-admission.ts';
import { admissionApi } from '../../core/admission/api.ts';
import { admission } from '../../core/admission/contract.ts';
import { onRoutes } from '../platform/on-routes.ts';
import { readEnv } from '../platform/read-env.ts';
import { s3Evidence } from '../platform/s3-evidence.adapter.ts';
import { ssmDeployments } from '../platform/ssm-deployments.adapter.ts';
import { targetReaders } from '../platform/targets.adapter.ts';
import { admissionAnswers } from './admission-answers.ts';
import { invokedAdmission } from './invoked-admission.adapter.ts';
import { servedBehind } from './served-behind.ts';

const env = readEnv(admission.reactors.answerAdmissions);

const answer = answerAdmission({
  admit: invokedAdmission(env.ADMIT_VERSION),
  evidence: s3Evidence(env.EVIDENCE_BUCKET),
  servedBehind: servedBehind({
    deployments: ssmDeployments(env.DEPLOYMENTS),
    targets: targetReaders(env.DEPLOYMENTS),
  }),
});

export const handler = onRoutes(admissionApi, admissionAnswers(answer, randomUUID));
