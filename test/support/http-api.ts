import { createHash, createHmac } from 'node:crypto';
import { request } from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';
import type { LocalAws } from '../../local/local-aws.ts';
import type { Credentials } from './callers.ts';

type Sha256Input = string | ArrayBuffer | ArrayBufferView;

/** The hash that the signer asks for, on top of node:crypto. */
class Sha256 {
  readonly #hash;
  constructor(secret?: Sha256Input) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytes(secret));
  }
  update(data: Sha256Input): void {
    this.#hash.update(bytes(data));
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

const bytes = (data: Sha256Input): Buffer =>
  typeof data === 'string'
    ? Buffer.from(data)
    : ArrayBuffer.isView(data)
      ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
      : Buffer.from(data);

type Caller = Pick<Credentials, 'accessKeyId' | 'secretAccessKey'> & { sessionToken?: string };
type ApiRequest = {
  apiId: string;
  path: string;
  method?: 'GET' | 'POST';
  /** Sent as JSON. */
  body?: unknown;
  credentials?: Caller;
};

/** A request to an HTTP API under its own domain, sent to the emulator; signed when there are credentials. */
export const callApi = async (
  aws: Pick<LocalAws, 'endpoint'>,
  { apiId, path, method = 'GET', body, credentials }: ApiRequest,
) => {
  const hostname = `${apiId}.execute-api.us-east-1.amazonaws.com`;
  const text = body === undefined ? undefined : JSON.stringify(body);
  const unsigned = {
    method,
    protocol: 'https:',
    hostname,
    path,
    headers: { host: hostname, ...(text !== undefined && { 'content-type': 'application/json' }) },
    ...(text !== undefined && { body: text }),
  };
  const signed =
    credentials === undefined
      ? unsigned
      : await new SignatureV4({ credentials, region: 'us-east-1', service: 'execute-api', sha256: Sha256 }).sign(
          unsigned,
        );
  const { port } = new URL(aws.endpoint);
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, method, path, headers: signed.headers }, (response) => {
      let answer = '';
      response.on('data', (chunk) => {
        answer += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: answer }));
    });
    asked.on('error', reject).end(text);
  });
};
