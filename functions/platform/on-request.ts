import middy from '@middy/core';
import type { APIGatewayProxyEventV2WithIAMAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { Failure } from '../../core/kernel/failure.ts';
import type { Reason } from '../../core/kernel/reason.ts';
import { logAbout, logFailure } from './log.ts';

type Refusal = { message: string; fix?: string; reasons?: readonly Reason[] };

/** What the API answers instead of a document. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused' as const;
  readonly status: number;
  readonly refusal: Refusal;
  constructor(status: number, refusal: Refusal) {
    super(refusal.message);
    this.status = status;
    this.refusal = refusal;
  }
}

export type ApiRequest = {
  route: string;
  parameters: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
  /** ARN of the authenticated caller: by IAM, never by what was sent. */
  caller: string;
  /** The JSON that was sent with it; undefined where nothing was. */
  body: unknown;
};

type Event = APIGatewayProxyEventV2WithIAMAuthorizer;

const json = (status: number, body: unknown): APIGatewayProxyStructuredResultV2 => ({
  statusCode: status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
});

/** No act needs more; API Gateway alone would let 10 MB through. */
const MAX_BODY_BYTES = 32 * 1024;

const bodyOf = ({ body, isBase64Encoded }: Event): unknown => {
  if (body === undefined || body === '') return undefined;
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_BODY_BYTES)
    throw new RequestRefused(413, {
      message: `the body has ${bytes} bytes; allowed: ${MAX_BODY_BYTES}`,
      fix: 'Shorten it.',
    });
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestRefused(400, { message: 'the body is not JSON', fix: 'Send one JSON object, in UTF-8.' });
  }
};

const decoded = (name: string, value: string): string => {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new RequestRefused(400, { message: `${name}: the path is not well encoded`, fix: 'Percent-encode it.' });
  }
};

const requestOf = (event: Event): ApiRequest => {
  const caller = event.requestContext.authorizer?.iam?.userArn;
  if (caller === undefined) throw new RequestRefused(403, { message: 'the request carries no IAM identity' });
  const parameters = Object.entries(event.pathParameters ?? {}).map(([name, value = '']) => [
    name,
    decoded(name, value),
  ]);
  const query = Object.entries(event.queryStringParameters ?? {}).map(([name, value]) => [name, value ?? '']);
  return {
    route: event.routeKey,
    parameters: Object.fromEntries(parameters),
    query: Object.fromEntries(query),
    caller,
    body: bodyOf(event),
  };
};

const failed = (cause: unknown): APIGatewayProxyStructuredResultV2 => {
  if (cause instanceof RequestRefused) return json(cause.status, { error: cause.refusal });
  logFailure(cause);
  if (cause instanceof Failure && cause.disposition === 'retry')
    return json(503, { error: { message: `the plane cannot answer now: ${cause.name}`, fix: 'Try again.' } });
  return json(500, { error: { message: 'the plane failed to answer; its log says why' } });
};

/** An HTTP API behind the IAM authorizer; a request that carries no caller is refused here as well. */
export const onRequest = (answer: (request: ApiRequest) => Promise<unknown>) =>
  middy<Event, APIGatewayProxyStructuredResultV2>().handler(async (event: Event) => {
    logAbout({ route: event.routeKey });
    try {
      return json(200, await answer(requestOf(event)));
    } catch (cause) {
      return failed(cause);
    }
  });
