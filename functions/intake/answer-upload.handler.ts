import { answerUpload } from '../../core/intake/answer-upload.ts';
import { intake } from '../../core/intake/contract.ts';
import { dynamodbAttempts } from '../platform/dynamodb-attempts.adapter.ts';
import { readEnv } from '../platform/read-env.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { task } from '../platform/task.ts';
import { s3Answers } from './s3-answers.adapter.ts';

const contract = intake.tasks.answerUpload;
const env = readEnv(contract);

export const handler = task(
  contract,
  answerUpload({ answers: s3Answers, attempts: dynamodbAttempts(env.INTAKE_TABLE, clock), clock }),
);
