import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { concurrently } from '../../core/kernel/concurrently.ts';
import { RUN_SECONDS, verification } from '../../core/verification/contract.ts';
import { verifySignature } from '../../core/verification/verify-signature.ts';
import { verifyOne, verifyVersions } from '../../core/verification/verify-versions.ts';
import { standingHolds } from '../platform/dynamodb-holds.adapter.ts';
import { dynamodbOutbox } from '../platform/dynamodb-outbox.adapter.ts';
import { dynamodbRollouts } from '../platform/dynamodb-rollouts.adapter.ts';
import { logger } from '../platform/log.ts';
import { measureIn } from '../platform/measure.ts';
import { onEvent } from '../platform/on-event.ts';
import { publishedKeys } from '../platform/published-keys.ts';
import { readEnv } from '../platform/read-env.ts';
import { s3Evidence } from '../platform/s3-evidence.adapter.ts';
import { ssmDeployments } from '../platform/ssm-deployments.adapter.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { targetReaders } from '../platform/targets.adapter.ts';
import { versionRecords } from '../platform/version-records.adapter.ts';
import { dynamodbMarks } from './dynamodb-marks.adapter.ts';
import { invokedHold } from './invoked-hold.adapter.ts';
import { s3Objects } from './s3-objects.adapter.ts';
import { servingNow } from './serving.ts';

const env = readEnv(verification.reactors.verifyVersions);
const records = versionRecords(env.REGISTRY_TABLE);
const MODELS_AT_ONCE = 8;
const STEPS = 2 ** 47;

const ports = {
  registered: {
    find: records.find,
    all: async () =>
      (await concurrently(await records.heads(), MODELS_AT_ONCE, ({ model }) => records.of(model))).flat(),
  },
  objects: s3Objects(env.MODEL_BUCKET),
  evidence: s3Evidence(env.EVIDENCE_BUCKET),
  signature: verifySignature(publishedKeys({ bucket: env.MODEL_BUCKET, rootKeyArn: env.KEY_SET_KEY_ARN }, clock)),
  serving: servingNow({
    deployments: ssmDeployments(env.DEPLOYMENTS),
    targets: targetReaders(env.DEPLOYMENTS),
    rollouts: dynamodbRollouts({ rollouts: env.ROLLOUT_TABLE }, clock),
  }),
  marks: dynamodbMarks(env.VERIFICATION_TABLE),
  outbox: dynamodbOutbox(env.HOLD_TABLE, clock),
  placeHold: invokedHold(env.PLACE_HOLD),
  holds: standingHolds(env.HOLD_TABLE),
  rules: env.VERIFICATION_RULES,
  random: () => randomInt(STEPS) / STEPS,
  clock,
  measure: measureIn({ stage: env.STAGE, clock }),
  seconds: RUN_SECONDS,
};

const One = z.object({ model: z.string(), version: z.string() });

/** A schedule names no version; a person who mended one does. */
export const handler = onEvent(async (event: unknown) => {
  const one = One.safeParse(event);
  const looked = one.success ? await verifyOne(ports)(one.data) : await verifyVersions(ports)();
  logger.info('verified', looked);
});
