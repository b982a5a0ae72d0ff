import { statusOf } from '../../core/intake/attempt.ts';
import { answerQuery } from '../../core/registry/answer-query.ts';
import { registryApi } from '../../core/registry/api.ts';
import { registry } from '../../core/registry/contract.ts';
import { readSigningKey } from '../../core/signing/public-key.ts';
import { dynamodbAttempts } from '../platform/dynamodb-attempts.adapter.ts';
import { kmsSigner } from '../platform/kms-signer.adapter.ts';
import { lazy } from '../platform/lazy.ts';
import { onRoutes } from '../platform/on-routes.ts';
import { readEnv } from '../platform/read-env.ts';
import { s3Evidence } from '../platform/s3-evidence.adapter.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { dynamodbReader } from './dynamodb-reader.adapter.ts';
import { verifiedVersions } from './dynamodb-verified.adapter.ts';
import { queryAnswers } from './query-answers.ts';

const env = readEnv(registry.reactors.answerQuery);
const attempts = dynamodbAttempts(env.INTAKE_TABLE, clock);

/** A key's public half never changes, so one call to KMS serves the function's life. */
const publicKey = lazy(async () => {
  const key = readSigningKey(await kmsSigner(env.SIGNING_KEY_ARN).publicKey());
  if (key === undefined) throw new Error('the signing key is not on P-256');
  return { pem: key.pem, keyArn: env.SIGNING_KEY_ARN };
});

export const handler = onRoutes(
  registryApi,
  queryAnswers({
    queries: answerQuery({
      registry: dynamodbReader(env.REGISTRY_TABLE),
      attempts: async (subject) => (await attempts.ofVersion(subject)).map(statusOf),
      verified: verifiedVersions(env.VERIFICATION_TABLE),
      evidence: s3Evidence(env.EVIDENCE_BUCKET),
      modelBucket: env.MODEL_BUCKET,
    }),
    publicKey,
  }),
);
