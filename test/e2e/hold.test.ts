import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, paginateListFunctions } from '@aws-sdk/client-lambda';
import { beforeAll, expect, test } from 'vitest';
import { holdApi, LiftHoldResponse, PlaceHoldResponse, StandingHolds } from '../../core/hold/api.ts';
import type { Hold } from '../../core/hold/contract.ts';
import { placedFact } from '../../core/hold/place-hold.ts';
import { root } from '../../local/paths.ts';
import type { Plane } from '../support/flight.ts';
import { sharedLocalAws } from '../support/local.ts';
import { onCallAt } from '../support/on-call.ts';
import { callAs, type Person, shellOf } from '../support/people.ts';

let plane: Plane;
let pages: Awaited<ReturnType<typeof onCallAt>>;
let tickets: Awaited<ReturnType<typeof onCallAt>>;

beforeAll(async () => {
  plane = await sharedLocalAws('iam');
  pages = await onCallAt(plane, plane.outputs.PageTopicArn);
  tickets = await onCallAt(plane, plane.outputs.TicketTopicArn);
});

const aModel = () => `fraud-${randomUUID().slice(0, 8)}`;

const place = async (body: { scope: Record<string, string>; severity?: 'page' }) => {
  const sent = await callAs(plane, 'Operator', holdApi.place, {}, { reason: 'labels look wrong', ...body });
  expect(sent).toMatchObject({ status: 200 });
  return PlaceHoldResponse.parse(JSON.parse(sent.body));
};
const lift = async (hold: string) => {
  const sent = await callAs(plane, 'Operator', holdApi.lift, { hold }, { reason: 'labels are right again' });
  return LiftHoldResponse.parse(JSON.parse(sent.body));
};
const standing = async (person: Person = 'Reader'): Promise<Hold[]> => {
  const { body } = await callAs(plane, person, holdApi.list);
  return StandingHolds.parse(JSON.parse(body)).holds;
};
const inList = async (id: string) => (await standing()).filter((hold) => hold.id === id).length;

const ENTRY = join(root, 'cli', 'clearance.mjs');

/** Runs the command as this person; the document is what it prints for a program. */
const clearance = async (person: Person, ...args: string[]) => {
  const env = { PATH: process.env.PATH ?? '', ...(await shellOf(plane, person)) };
  const { promise, resolve } = Promise.withResolvers<{ status: number; stdout: string }>();
  execFile(process.execPath, [ENTRY, ...args, '--json'], { env }, (error, stdout) =>
    resolve({ status: error === null ? 0 : Number(error.code), stdout }),
  );
  const { status, stdout } = await promise;
  return { status, document: JSON.parse(stdout) };
};

test('a person places a hold and lifts it: it is listed under their own ARN, a page opens and is resolved', async () => {
  const model = aModel();

  const { outcome, hold } = await place({ scope: { model, environment: 'production' }, severity: 'page' });
  const before = await inList(hold.id);
  const [page] = await pages.heardOf(hold.id, 1);
  const lifted = await lift(hold.id);
  const [, resolved] = await pages.heardOf(hold.id, 2);

  expect([outcome, before, lifted.outcome, await inList(hold.id)]).toEqual(['placed', 1, 'lifted', 0]);
  expect(hold.placedBy).toEqual({ kind: 'person', arn: expect.stringContaining(':assumed-role/') });
  expect(lifted.hold.lifted?.by).toEqual(hold.placedBy);
  expect(page?.Subject).toBe(`PAGE dev: ${model} in production is held, hold.by-hand`);
  for (const part of ['labels look wrong', 'docs/runbooks/hold.md#a-person-placed-a-hold', `clearance lift ${hold.id}`])
    expect(page?.Message).toContain(part);
  expect(resolved?.Subject).toBe(`RESOLVED dev: ${model} in production, hold ${hold.id} is lifted`);
  expect(resolved?.Message).toContain('labels are right again');
});

test('asked for again it is the same hold and tells nobody; graver it pages, and all who heard hear that it is over', async () => {
  const scope = { model: aModel() };

  const first = await place({ scope });
  const again = await place({ scope });
  const graver = await place({ scope, severity: 'page' });
  await pages.heardOf(first.hold.id, 1);
  await lift(first.hold.id);
  const paged = await pages.heardOf(first.hold.id, 2);
  const ticketed = await tickets.heardOf(first.hold.id, 2);

  expect([first, again, graver].map(({ outcome }) => outcome)).toEqual(['placed', 'repeated', 'raised']);
  expect(new Set([first, again, graver].map(({ hold }) => hold.id)).size).toBe(1);
  const states = (messages: typeof paged) => messages.map(({ MessageAttributes }) => MessageAttributes.state?.Value);
  expect([states(paged), states(ticketed)]).toEqual([
    ['open', 'resolved'],
    ['open', 'resolved'],
  ]);
});

test('lifting twice changes nothing, and what never was is not there', async () => {
  const { hold } = await place({ scope: { model: aModel() } });
  await lift(hold.id);

  const again = await lift(hold.id);
  const never = await callAs(plane, 'Operator', holdApi.lift, { hold: 'no-such-hold' }, { reason: 'x' });

  expect(again.outcome).toBe('not-standing');
  expect(never.status).toBe(404);
});

test('a name in the body is refused, and so is a hold that says nothing or would never stand', async () => {
  const bodies = [
    { scope: { model: 'fraud' }, reason: 'x', placedBy: { kind: 'person', arn: 'arn:aws:iam::1:user/eve' } },
    { scope: { modle: 'fraud' }, reason: 'x' },
    { scope: {}, reason: 'x' },
    { scope: { model: 'fraud' }, reason: ' ' },
    { scope: { model: 'fraud' }, reason: 'x', expiresAt: '2020-01-01T00:00:00Z' },
    { scope: { environment: 'prodcution' }, reason: 'x' },
  ];

  const sent = await Promise.all(bodies.map((body) => callAs(plane, 'Operator', holdApi.place, {}, body)));
  const messages = sent.map(({ body }) => JSON.parse(body).error.message);

  expect(sent.map(({ status }) => status)).toEqual(bodies.map(() => 400));
  expect(messages).toEqual([
    expect.stringContaining('$.placedBy'),
    expect.stringContaining('$.scope.modle'),
    expect.stringContaining('$.scope'),
    expect.stringContaining('$.reason'),
    expect.stringContaining('$.expiresAt'),
    expect.stringContaining('found prodcution; allowed: staging, production'),
  ]);
});

test.each<[Person, number[]]>([
  ['Submitter', [403, 403, 403]],
  ['Reader', [200, 403, 403]],
  ['Auditor', [200, 403, 403]],
  ['Operator', [200, 400, 404]],
])('%s gets this far: list, place, lift', async (person, statuses) => {
  const sent = [
    await callAs(plane, person, holdApi.list),
    await callAs(plane, person, holdApi.place, {}, {}),
    await callAs(plane, person, holdApi.lift, { hold: 'x' }, { reason: 'x' }),
  ];

  expect(sent.map(({ status }) => status)).toEqual(statuses);
});

test('the command places, lists and lifts as whoever holds the shell, and a stranger is told what is missing', async () => {
  const model = aModel();
  const named = ['--model', model, '--env', 'production'];

  const placed = await clearance('Operator', 'hold', ...named, '--reason', 'labels look wrong', '--expires', '2h');
  const { id } = placed.document.hold;
  const listed = await clearance('Reader', 'holds');
  const refused = await clearance('Reader', 'lift', id, '--reason', 'let me');
  const lifted = await clearance('Operator', 'lift', id, '--reason', 'labels are right again');
  const never = await clearance('Operator', 'lift', 'no-such-hold', '--reason', 'x');

  expect([placed, listed, refused, lifted, never].map(({ status }) => status)).toEqual([0, 0, 3, 0, 1]);
  expect(placed.document.warnings).toEqual([expect.stringContaining(`no version of ${model} is registered`)]);
  expect(listed.document.holds).toContainEqual(expect.objectContaining({ id, reason: expect.anything() }));
  expect(refused.document.error.fix).toContain('execute-api:Invoke');
  expect(lifted.document).toMatchObject({ outcome: 'lifted', hold: { lifted: { reason: 'labels are right again' } } });
});

test('a workflow places a hold by its signal, and the same fact delivered three times pages once', async () => {
  const scope = { model: aModel(), version: '1.0.0' };
  const { hold } = await placeByWorkflow(scope);
  const [page] = await pages.heardOf(hold, 1);

  const fact = placedFact((await standing()).find(({ id }) => id === hold) as Hold);
  const Entries = Array.from({ length: 2 }, () => ({
    EventBusName: plane.outputs.EventBusName,
    Source: 'clearance',
    DetailType: fact.type,
    Detail: JSON.stringify(fact.detail),
  }));
  await plane.eventbridge.send(new PutEventsCommand({ Entries }));
  await lift(hold);
  const heard = await pages.heardOf(hold, 2);

  expect(page?.Message).toContain('age: PSI 0.41, was 0.03');
  expect(heard.map(({ MessageAttributes }) => MessageAttributes.state?.Value)).toEqual(['open', 'resolved']);
});

const placeByWorkflow = async (scope: object): Promise<{ hold: string }> => {
  const input = {
    scope,
    deployment: 'iris-prod',
    effect: 'pause',
    severity: 'page',
    reason: { rule: 'drift.feature-shifted', message: 'age: PSI 0.41, was 0.03', found: '0.41', allowed: '0.2' },
    evidence: [],
    runbook: 'drift#a-feature-shifted',
    placedBy: { kind: 'signal', signal: 'drift.feature-shifted' },
  };
  for await (const { Functions = [] } of paginateListFunctions({ client: plane.lambda }, {}))
    for (const { Description, FunctionName } of Functions)
      if (Description === 'hold/place-hold') {
        const { Payload } = await plane.lambda.send(
          new InvokeCommand({ FunctionName, Payload: JSON.stringify(input) }),
        );
        return JSON.parse(Payload?.transformToString() ?? '');
      }
  throw new Error('no function places holds');
};
