import { expect, test } from 'vitest';
import { parseStage, stageFromContext } from '../../lib/stage.ts';

const parse = (input: unknown) => parseStage(input, 'stages/test.json');

test.each([
  [{ intake: { timeoutSeconds: 'long' } }, 'intake.timeoutSeconds: found "long"; allowed: expected number'],
  [{ intake: { timeoutSeconds: 5 } }, 'intake.timeoutSeconds: found 5; allowed: expected number to be >=60'],
  [{ intake: { sweepMinutes: 1.5 } }, 'intake.sweepMinutes: found 1.5; allowed: expected int'],
  [{ removal: 'keep' }, 'removal: found "keep"; allowed: expected one of "retain"|"destroy"'],
  [{ logDays: 8 }, 'logDays: found 8; allowed: expected one of 1|3|5|7|'],
  [{ stage: 'Prod' }, 'stage: found "Prod"; allowed: expected up to 20 lower-case letters'],
  [{ intake: { limits: { files: 0 } } }, 'intake.limits.files: found 0; allowed: expected number to be >=1'],
  [{ intake: { timeout: 60 } }, 'intake.timeout: no such setting; allowed: limits, timeoutSeconds, leaseSeconds'],
  [{ colour: 'red' }, 'colour: no such setting; allowed: $schema, stage, removal, architecture, logDays, intake'],
  [{ alarms: { pageEmails: ['nobody'] } }, 'alarms.pageEmails.0: found "nobody"; allowed: Invalid email address'],
  [{ gates: { metrics: [{ metric: 'auc' }] } }, 'gates.metrics.0: found {"metric":"auc"}; allowed: expected minimum'],
  [
    { intake: { timeoutSeconds: 4000 } },
    'intake.leaseSeconds: found nothing; allowed: more than intake.timeoutSeconds',
  ],
  [
    { telemetry: { retention: { minuteDays: 2 } } },
    'telemetry.captures.pastMinutes: found nothing; allowed: at least a day less than telemetry.retention.minuteDays',
  ],
  [
    { telemetry: { baselineBuckets: ['s3://x'] } },
    'telemetry.baselineBuckets.0: found "s3://x"; allowed: expected names',
  ],
  [
    { gates: { trainingData: { buckets: ['s3://x'] } } },
    'gates.trainingData.buckets.0: found "s3://x"; allowed: expected names',
  ],
  [{ evidence: { lockDays: 0 } }, 'evidence.lockDays: found 0; allowed: 1 or more in a stage that retains its data'],
])('%j is refused with the key, what was found and what is allowed', (wrong, sentence) => {
  expect(() => parse({ stage: 'test', ...wrong })).toThrow(sentence);
});

test('every wrong setting is named at once', () => {
  const wrong = () => parse({ removal: 'keep', logDays: 8, colour: 'red' });

  for (const key of ['stage', 'removal', 'logDays', 'colour']) expect(wrong).toThrow(`\n  ${key}: `);
});

test('without a wish it is the dev stage; a name is a file in stages/', () => {
  const stages = [undefined, 'dev', 'prod'].map((wish) => stageFromContext(wish).stage);

  expect(stages).toEqual(['dev', 'dev', 'prod']);
});

test('a JSON object is laid over the dev stage, deep down', () => {
  const { stage, removal, intake } = stageFromContext('{"intake":{"limits":{"incompleteSeconds":5}}}');

  expect({ stage, removal, limits: intake.limits }).toEqual({
    stage: 'dev',
    removal: 'destroy',
    limits: { files: 10_000, bytes: 214_748_364_800, readBytes: 42_000_000_000, incompleteSeconds: 5, tries: 5 },
  });
});

test.each([
  ['staging', 'stage: found "staging"; allowed: dev, prod'],
  [['dev'], 'stage: found ["dev"]; allowed: a name or a JSON object'],
  ['{"removal":"keep"}', 'The context value "stage" is not a stage configuration:\n  removal: found "keep"'],
  ['{"removal"', 'stage: found "{\\"removal\\""; allowed: a name or a JSON object'],
  ['../package', 'stage: found "../package"; allowed: dev, prod'],
])('the wish %j is refused with what is allowed', (wish, sentence) => {
  expect(() => stageFromContext(wish)).toThrow(sentence);
});
