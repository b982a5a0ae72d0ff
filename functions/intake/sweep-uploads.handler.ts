import { z } from 'zod';
import { intake } from '../../core/intake/contract.ts';
import { sweepDead, sweepDue } from '../../core/intake/sweep-uploads.ts';
import { dynamodbAttempts } from '../platform/dynamodb-attempts.adapter.ts';
import { logger } from '../platform/log.ts';
import { onEvent } from '../platform/on-event.ts';
import { readEnv } from '../platform/read-env.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { sfnWorkflows } from './sfn-workflows.adapter.ts';

const ExecutionEnded = z.object({ detail: z.object({ executionArn: z.string(), input: z.string() }) });
const WorkflowInput = z.object({
  bucket: z.string(),
  key: z.string(),
  versionId: z.string(),
  trigger: z.string().nullable().default(null),
});

const env = readEnv(intake.reactors.sweepUploads);
const ports = {
  attempts: dynamodbAttempts(env.INTAKE_TABLE, clock),
  workflows: sfnWorkflows(env.WORKFLOW_ARN),
  clock,
  limits: env.INTAKE_LIMITS,
};

/** The schedule sends no detail; an execution that ended badly sends its own. */
export const handler = onEvent(async (event: unknown) => {
  const ended = ExecutionEnded.safeParse(event);
  if (!ended.success) {
    logger.info('swept', { started: await sweepDue(ports)() });
    return;
  }
  const { executionArn, input } = ended.data.detail;
  const restarted = await sweepDead(ports)(executionArn, WorkflowInput.parse(JSON.parse(input)));
  logger.info('execution ended', { execution: executionArn, restarted });
});
