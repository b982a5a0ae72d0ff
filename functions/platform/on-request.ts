import middy from '@middy/core';
import type { APIGatewayProxyEventV2WithIAMAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { logAbout, logFailure } from './log.ts';

/** What the API answers instead of a document. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused' as const;
  readonly status: number;
  readonly fix: string | undefined;
  constructor(status: number, message: string, fix?: string) {
    super(message);
    this.status = status;
    this.fix = fix;
  }
}

export type ApiRequest = {
  route: string;
  parameters: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
  /** ARN of the authenticated caller. */
  caller: string;
};

const json = (status: number, body: unknown): APIGatewayProxyStructuredResultV2 => ({
  statusCode: status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
});

/** An HTTP API behind the IAM authorizer; a request that carries no caller is refused here as well. */
export const onRequest = (answer: (request: ApiRequest) => Promise<unknown>) =>
  middy<APIGatewayProxyEventV2WithIAMAuthorizer, APIGatewayProxyStructuredResultV2>().handler(
    async (event: APIGatewayProxyEventV2WithIAMAuthorizer) => {
      logAbout({ route: event.routeKey });
      const caller = event.requestContext.authorizer?.iam?.userArn;
      const decoded = Object.entries(event.pathParameters ?? {}).map(([name, value]) => [
        name,
        decodeURIComponent(value ?? ''),
      ]);
      try {
        if (caller === undefined) throw new RequestRefused(403, 'the request carries no IAM identity');
        const parameters: Record<string, string> = Object.fromEntries(decoded);
        const query = Object.fromEntries(
          Object.entries(event.queryStringParameters ?? {}).map(([k, v]) => [k, v ?? '']),
        );
        return json(200, await answer({ route: event.routeKey, parameters, query, caller }));
      } catch (cause) {
        if (cause instanceof RequestRefused)
          return json(cause.status, { error: { message: cause.message, ...(cause.fix && { fix: cause.fix }) } });
        logFailure(cause);
        return json(500, { error: { message: 'the plane failed to answer; its log says why' } });
      }
    },
  );
