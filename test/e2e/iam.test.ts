import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { telemetry } from '../../core/telemetry/contract.ts';
import { startOf } from '../../core/telemetry/table.ts';
import { counted, publish, rollUp, summaryAt } from '../support/captures.ts';
import { answerOf, type Files, hostileModel, type Plane, shippedModel, submit, upload } from '../support/flight.ts';
import { inference, jsonLines } from '../support/inference.ts';
import { executionAt, functionsByState, hold, release, stopAt } from '../support/interruption.ts';
import { eventually, sharedLocalAws } from '../support/local.ts';
import { actingAsPerson, askAs } from '../support/people.ts';
import { tracesOf } from '../support/traces.ts';

// The whole flight with IAM enforced: an upload by somebody who may submit and no more, and each function as its own
// role.

let plane: Plane;
let submitter: Plane;

beforeAll(async () => {
  plane = await sharedLocalAws('iam');
  submitter = await actingAsPerson(plane, 'Submitter');
});

const clean = () => shippedModel('iris-forest', '1.0.0');
const others = (files: Files) => Object.keys(files).filter((path) => path !== 'manifest.json');

test('a clean version is registered, signed and told of', async () => {
  const shipped = clean();

  const { answer } = await submit(submitter, shipped, shipped.files);

  expect(answer).toMatchObject({ outcome: 'registered', reasons: [] });
  expect(await tracesOf(plane, shipped)).toEqual({
    answers: ['registered'],
    answerVersions: 1,
    signatures: 1,
    bundles: 1,
    facts: ['registry.version-registered.v1'],
  });
});

test('a malicious version is refused with its reason', async () => {
  const shipped = hostileModel();

  const { answer } = await submit(submitter, shipped, shipped.files);

  expect(answer.reasons.map(({ rule }) => rule)).toEqual(['scanning.malicious-file']);
});

test('a manifest that cannot be read is refused', async () => {
  const shipped = clean();

  const { answer } = await submit(submitter, shipped, { 'manifest.json': Buffer.from('{') });

  expect(answer.outcome).toBe('rejected');
});

test('an upload that was incomplete is registered when its last file has come', async () => {
  const shipped = clean();

  const versions = await upload(submitter, shipped, shipped.files, ['manifest.json']);
  await eventually('the attempt to wait for files', async () => {
    const { body } = await askAs(plane, 'Submitter', 'status', shipped);
    return JSON.parse(body).state === 'incomplete' ? true : undefined;
  });
  await upload(submitter, shipped, shipped.files, others(shipped.files));
  const answer = await answerOf(submitter, shipped, versions['manifest.json'] ?? '');

  expect(answer.outcome).toBe('registered');
});

test('a manifest that a newer one replaced is answered as superseded, and the newer one with a registration', async () => {
  const shipped = clean();
  const claim = (await functionsByState(plane)).get('ClaimUpload') ?? '';
  onTestFinished(() => release(plane, claim).then(() => {}));
  await hold(plane, claim);

  const first = await upload(submitter, shipped, shipped.files);
  await executionAt(plane, shipped, 'ClaimUpload');
  const second = await upload(submitter, shipped, shipped.files, ['manifest.json']);
  await release(plane, claim);
  const [older, newer] = await Promise.all(
    [first, second].map((versions) => answerOf(submitter, shipped, versions['manifest.json'] ?? '')),
  );

  expect([older?.outcome, newer?.outcome]).toEqual(['superseded', 'registered']);
});

test('a file written over a registered version is refused', async () => {
  const shipped = clean();
  await submit(submitter, shipped, shipped.files);

  const stray = await upload(submitter, shipped, { 'README.md': Buffer.from('other') }, ['README.md']);
  const answer = await answerOf(submitter, shipped, stray['README.md'] ?? '');

  expect(answer.outcome).toBe('rejected');
});

test('a workflow that was stopped is started again, and answers', async () => {
  const shipped = clean();
  const scan = (await functionsByState(plane)).get('ScanFiles') ?? '';
  onTestFinished(() => release(plane, scan).then(() => {}));
  await hold(plane, scan);

  const versions = await upload(submitter, shipped, shipped.files);
  const stopped = await stopAt(plane, shipped, 'ScanFiles');
  await release(plane, scan);
  const answer = await answerOf(submitter, shipped, versions['manifest.json'] ?? '');

  expect(answer.outcome).toBe('registered');
  expect(answer.execution).not.toBe(stopped);
});

test('a capture file of a registered version is counted, and its hour is merged', async () => {
  const shipped = shippedModel('wine-logreg', '1.0.0');
  await submit(plane, shipped, shipped.files);
  const timestamp = new Date(Date.now() - 2 * 3_600_000).toISOString();
  const event = { ...inference(), model: shipped.model, version: shipped.version, timestamp };
  const stream = { model: shipped.model, version: shipped.version, deployment: event.deployment } as never;

  const source = await publish(plane, `captures/model=${shipped.model}/a.jsonl`, jsonLines(event, event));
  const summary = await summaryAt(plane, source);
  const hour = await eventually('its hour', async () => {
    await rollUp(plane);
    return counted(plane, telemetry.keys.window({ stream, grain: 'hour', start: startOf(timestamp, 'hour') }));
  });

  expect(JSON.parse(summary)).toMatchObject({ ledger: { events: 2, refused: {} } });
  expect(JSON.parse(hour)).toMatchObject({ tally: { requests: 2 } });
});
