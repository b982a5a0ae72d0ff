import type { APIGatewayProxyEventV2WithIAMAuthorizer, Context } from 'aws-lambda';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { Throttled } from '../../core/kernel/failures.ts';
import { RequestRefused } from '../../functions/platform/on-request.ts';
import { onRoutes } from '../../functions/platform/on-routes.ts';

const Scope = z.union([z.strictObject({ everything: z.literal(true) }), z.strictObject({ model: z.string().min(2) })]);
const routes = {
  get: { method: 'GET', path: '/v1/things/{thing}', response: z.looseObject({}) },
  change: {
    method: 'POST',
    path: '/v1/things/{thing}/change',
    request: z.strictObject({ reason: z.string().trim().min(1), scope: Scope.optional() }),
    response: z.looseObject({}),
  },
} as const;

const handler = onRoutes(routes, {
  get: async ({ names }) => {
    if (names.thing === 'busy') throw new Throttled('the table whose name nobody outside should read');
    if (names.thing === 'broken') throw new TypeError('x is not a function');
    if (names.thing === 'gone') throw new RequestRefused(404, { message: 'gone is not there' });
    return { got: names.thing };
  },
  change: async ({ names, body, caller }) => ({ changed: names.thing, ...body, caller }),
});

const EVA = 'arn:aws:sts::111122223333:assumed-role/on-call/eva';

type Sent = { route?: string; thing?: string; body?: string; base64?: boolean; caller?: string | undefined };

const send = async ({ route = 'POST /v1/things/{thing}/change', thing = 'a', body, base64, ...rest }: Sent) => {
  const caller = 'caller' in rest ? rest.caller : EVA;
  const event = {
    routeKey: route,
    pathParameters: { thing },
    isBase64Encoded: base64 ?? false,
    requestContext: { authorizer: { iam: caller === undefined ? undefined : { userArn: caller } } },
    ...(body !== undefined && { body }),
  } as unknown as APIGatewayProxyEventV2WithIAMAuthorizer;
  const answer = (await handler(event, {} as Context)) as { statusCode: number; body: string };
  return { status: answer.statusCode, document: JSON.parse(answer.body) };
};

test('an act reaches its answer with its body, its names and the caller whom IAM tells', async () => {
  const sent = await send({ thing: 'a%2Fb', body: '{"reason":" mended ","scope":{"model":"iris"}}' });

  expect(sent).toEqual({
    status: 200,
    document: { changed: 'a/b', reason: 'mended', scope: { model: 'iris' }, caller: EVA },
  });
});

test('a body is read as JSON, encoded or not', async () => {
  const body = Buffer.from('{"reason":"größer"}').toString('base64');

  expect(await send({ body, base64: true })).toMatchObject({ status: 200, document: { reason: 'größer' } });
});

test.each([
  ['no body', undefined, 'found nothing'],
  ['a body that is no object', '"reason"', '$: this value cannot be used; found "reason"; allowed: expected object'],
  ['a member that is missing', '{}', '$.reason: this is missing; found nothing; allowed: expected string'],
  [
    'a member of another type',
    '{"reason":7}',
    '$.reason: this value cannot be used; found 7; allowed: expected string',
  ],
  ['a member that nothing has', '{"reason":"x","by":"eva"}', '$.by: nothing has this name here; found "eva"'],
  ['the nearest of several shapes', '{"reason":"x","scope":{"model":"i"}}', '$.scope.model: this value cannot be used'],
])('%s is refused with where it is, what was found and what is allowed', async (_, body, sentence) => {
  const { status, document } = await send(body === undefined ? {} : { body });

  expect(status).toBe(400);
  expect(document.error.message).toContain(sentence);
  expect(document.error.fix).toContain('POST /v1/things/{thing}/change');
});

test('a caller in the body is refused, and without one from IAM nothing is done', async () => {
  const claimed = await send({ body: '{"reason":"x","caller":"arn:aws:iam::111122223333:root"}' });
  const nobody = await send({ body: '{"reason":"x"}', caller: undefined });

  expect([claimed.status, nobody.status]).toEqual([400, 403]);
});

test.each([
  ['what is no JSON', { body: '{reason' }, 400],
  ['a body above the limit', { body: JSON.stringify({ reason: 'x'.repeat(33 * 1024) }) }, 413],
  ['a path that is not well encoded', { thing: '%E0%A4', body: '{"reason":"x"}' }, 400],
  ['a route of somebody else', { route: 'GET /v1/other' }, 404],
  ['what is not there', { route: 'GET /v1/things/{thing}', thing: 'gone' }, 404],
  ['what may succeed later', { route: 'GET /v1/things/{thing}', thing: 'busy' }, 503],
  ['a bug', { route: 'GET /v1/things/{thing}', thing: 'broken' }, 500],
] satisfies [string, Sent, number][])('%s has a status of its own and tells no internals', async (_, sent, status) => {
  const answered = await send(sent);

  expect(answered.status).toBe(status);
  expect(answered.document.error.message).not.toMatch(/table whose name|not a function/);
});
