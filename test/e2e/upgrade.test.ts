import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { deployAssembly } from '../../local/deploy.ts';
import { type LocalAws, startLocalAws } from '../../local/local-aws.ts';
import { assemblyOf, governanceApp } from '../../local/synth.ts';
import { answerOf, type Plane, shippedModel, submit, untilItRests, upload } from '../support/flight.ts';
import { functionsOf } from '../support/functions.ts';
import { executionsOf, hold, release } from '../support/interruption.ts';
import { clientsOf, eventually } from '../support/local.ts';
import { ask, factsOf, flightOf, requestFor, traffic, until } from '../support/rollouts.ts';
import { aliasOf } from '../support/serving.ts';
import { tracesOf } from '../support/traces.ts';

/** Long enough at its first step to be upgraded under; the plan is the rollout's own from its start. */
const SLOW = [
  { share: 0.2, bakeSeconds: 30 },
  { share: 1, bakeSeconds: 0 },
];
const BEFORE = { rollout: { steps: { light: SLOW, standard: SLOW, full: SLOW } } };
/** Another environment for most functions of intake and rollout, other alarms, one resource more. */
const AFTER = {
  intake: { limits: { tries: 7 } },
  rollout: { patienceSeconds: 90 },
  alarms: { everyMinutes: 2, ticketEmails: ['tickets@example.com'] },
};

let aws: LocalAws;
let plane: Plane;
let upgraded: string;

// A plane of its own: what the others share must stay as it was deployed.
beforeAll(async () => {
  upgraded = await assemblyOf(governanceApp, AFTER, console.error).synthesise();
  aws = await startLocalAws({ stage: BEFORE, onProgress: console.error });
  plane = { ...aws, ...clientsOf(aws) };
});
afterAll(() => aws.stop());

const limitsOf = async (FunctionName: string): Promise<{ tries: number }> => {
  const { Environment } = await plane.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  return JSON.parse(Environment?.Variables?.INTAKE_LIMITS ?? '{}');
};

/** An upload that a step of its workflow keeps, until it is let go. */
const keptUpload = async (step: string) => {
  await hold(plane, step);
  onTestFinished(() => release(plane, step).then(() => {}));
  const shipped = shippedModel('iris-forest', '1.0.0');
  const versions = await upload(plane, shipped, shipped.files);
  await eventually('its workflow to run', async () => {
    const [execution] = await executionsOf(plane, shipped, 'RUNNING');
    return execution;
  });
  return { ...shipped, attempt: versions['manifest.json'] ?? '' };
};

/** An upload that waits for its last file. */
const incompleteUpload = async () => {
  const shipped = shippedModel('iris-forest', '1.0.0');
  const paths = Object.keys(shipped.files).filter((path) => path !== 'manifest.json');
  const last = paths[0] ?? '';
  const versions = await upload(plane, shipped, shipped.files, [...paths.slice(1), 'manifest.json']);
  const attempt = versions['manifest.json'] ?? '';
  await untilItRests(plane, shipped, attempt);
  return { ...shipped, attempt, complete: () => upload(plane, shipped, shipped.files, [last]) };
};

test('an upgrade under an intake and a rollout loses neither, and keeps what was there', async () => {
  const functions = await functionsOf(plane);
  const [scanner = '', sweeper = ''] = ['scanning/scan-files', 'intake/sweep-uploads'].map(
    (entry) => functions.get(entry)?.name,
  );
  const old = shippedModel('iris-forest', '1.0.0');
  await submit(plane, old, old.files);
  const tracesBefore = await tracesOf(plane, old);
  const limitsBefore = await limitsOf(sweeper);
  const flight = await flightOf(plane);
  await using _ = traffic(plane, flight);
  const incomplete = await incompleteUpload();
  const kept = await keptUpload(scanner);
  const [id = ''] = await ask(plane, requestFor(flight));
  await until(plane, id, ['baking'], { share: 0.2 });

  await deployAssembly(aws, upgraded);
  await release(plane, scanner);
  await incomplete.complete();
  const answers = await Promise.all(
    [kept, incomplete].map(({ attempt, ...subject }) => answerOf(plane, subject, attempt)),
  );
  await until(plane, id, ['completed', 'refused', 'rolled-back']);
  const served = await aliasOf(plane, flight);

  expect([limitsBefore.tries, (await limitsOf(sweeper)).tries]).toEqual([5, 7]);
  expect(answers.map(({ outcome }) => outcome)).toEqual(['registered', 'registered']);
  expect(await factsOf(plane, id)).toEqual(['started', 'step-shifted', 'step-shifted', 'completed']);
  expect(served.FunctionVersion).toBe('2');
  expect(await tracesOf(plane, old)).toEqual(tracesBefore);
});
