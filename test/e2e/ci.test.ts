import { randomUUID } from 'node:crypto';
import { PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { beforeAll, expect, test } from 'vitest';
import type { RolloutRequested } from '../../core/rollout/contract.ts';
import { rolloutId } from '../../core/rollout/open-rollout.ts';
import { assumeAsJob, verdict } from '../support/callers.ts';
import type { Plane } from '../support/flight.ts';
import { sharedLocalAws } from '../support/local.ts';
import { actingAsPerson, JOB } from '../support/people.ts';
import { recordOf, requestFor, until } from '../support/rollouts.ts';

let plane: Plane;
let pipeline: Plane;

beforeAll(async () => {
  plane = await sharedLocalAws('iam');
  pipeline = await actingAsPerson(plane, 'Pipeline');
});

const entry = (Source: string, DetailType: string, detail: object = {}): PutEventsRequestEntry => ({
  EventBusName: plane.outputs.EventBusName,
  Source,
  DetailType,
  Detail: JSON.stringify(detail),
});

const put = (...Entries: PutEventsRequestEntry[]) =>
  verdict(pipeline.eventbridge.send(new PutEventsCommand({ Entries })));

/** Of something that is deployed nowhere: it opens a rollout that is refused at once. */
const asked = (): RolloutRequested => requestFor({ model: `nowhere-${randomUUID().slice(0, 8)}`, environment: 'moon' });
const request = (detail = asked()) => entry('clearance.request', 'rollout.requested.v1', detail);

test.each([
  ['a pull request of the same repository', { sub: 'repo:acme/churn:pull_request' }],
  ['another branch', { sub: 'repo:acme/churn:ref:refs/heads/main-2' }],
  ['another repository', { sub: 'repo:mallory/churn:ref:refs/heads/main' }],
  ['a token that was issued for somebody else', { aud: 'https://github.com/acme' }],
  ['another issuer', { iss: 'https://tokens.example.com' }],
])('%s does not become the pipeline', async (_, claims) => {
  const role = plane.outputs.PipelineRoleArn ?? '';

  expect(await verdict(assumeAsJob(plane, role, { ...JOB, ...claims }))).toBe('AccessDenied');
});

test('a request of a pipeline opens a rollout', async () => {
  const detail = asked();

  expect(await put(request(detail))).toBe('allowed');
  expect((await until(plane, rolloutId(detail, null), ['refused'])).model).toBe(detail.model);
});

test('a request in any other name opens none, whoever puts it', async () => {
  const [stranger, forged, honest] = [asked(), asked(), asked()];
  const Entries = [
    entry('somebody', 'rollout.requested.v1', stranger),
    entry('clearance', 'rollout.requested.v1', forged),
    request(honest),
  ];

  await plane.eventbridge.send(new PutEventsCommand({ Entries }));
  await until(plane, rolloutId(honest, null), ['refused']);

  const opened = [stranger, forged].map((detail) => recordOf(plane, rolloutId(detail, null)));
  expect(await Promise.all(opened)).toEqual([undefined, undefined]);
});

test.each([
  ['a fact of the plane', 'clearance', 'hold.lifted.v1'],
  ['a request in the name of the plane', 'clearance', 'rollout.requested.v1'],
  ['a fact under the source of requests', 'clearance.request', 'rollout.completed.v1'],
  ['an upload, as S3 would announce it', 'somebody', 'Object Created'],
])('a pipeline cannot forge %s', async (_, source, type) => {
  expect(await put(entry(source, type))).toBe('AccessDeniedException');
});

test('a forged fact does not slip in beside a request', async () => {
  expect(await put(request(), entry('clearance', 'hold.lifted.v1'))).toBe('AccessDeniedException');
});

test('a pipeline reaches no other bus', async () => {
  expect(await put({ ...request(), EventBusName: 'default' })).toBe('AccessDeniedException');
});
