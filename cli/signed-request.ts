import { createHash, createHmac } from 'node:crypto';
import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';

/** The hash that the signer asks for, made of what Node has. */
class Sha256 {
  readonly #hash: { update(data: Uint8Array): unknown; digest(): Buffer };
  constructor(secret?: unknown) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as Uint8Array | string);
  }
  update(data: unknown): void {
    this.#hash.update(typeof data === 'string' ? Buffer.from(data) : new Uint8Array(data as ArrayBuffer));
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
  reset(): void {}
}

export type SignedRequest = {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** JSON; covered by the signature. */
  readonly body?: string | undefined;
  readonly region: string;
  readonly signal: AbortSignal;
  /** Where to connect to instead of the host that the URL names, which stays the one that is signed and sent. */
  readonly endpoint: string | undefined;
};

export type Response = { readonly status: number; readonly body: string };

const MAX_BYTES = 64 * 1024 ** 2;
const PATIENCE_MS = 30_000;

const signedHeaders = async ({ method, url, body, region }: SignedRequest): Promise<Record<string, string>> => {
  const [{ SignatureV4 }, { defaultProvider }] = await Promise.all([
    import('@smithy/signature-v4'),
    import('@aws-sdk/credential-provider-node'),
  ]);
  const signer = new SignatureV4({ service: 'execute-api', region, credentials: defaultProvider(), sha256: Sha256 });
  const { headers } = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: {
      host: url.host,
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body }),
  });
  return headers;
};

const read = async (response: AsyncIterable<Buffer>): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new RangeError(`the answer is larger than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const send = (asked: SignedRequest, headers: Record<string, string>, signal: AbortSignal): Promise<Response> => {
  const { method, url, body, endpoint } = asked;
  const via = new URL(endpoint ?? url);
  const request = via.protocol === 'http:' ? overHttp : overHttps;
  const host = via.hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    request({ method, host, port: via.port, path: url.pathname + url.search, headers, signal }, (response) => {
      read(response).then((text) => resolve({ status: response.statusCode ?? 0, body: text }), reject);
    })
      .on('error', reject)
      .end(body);
  });
};

/** A request with an AWS signature (SigV4, service execute-api), by the credentials of the usual AWS environment. */
export const sendSigned = async (asked: SignedRequest): Promise<Response> => {
  const headers = await signedHeaders(asked);
  const patience = AbortSignal.timeout(PATIENCE_MS);
  try {
    return await send(asked, headers, AbortSignal.any([asked.signal, patience]));
  } catch (cause) {
    // Node reports both as the same AbortError, and only one of them was the user's wish.
    throw patience.aborted && !asked.signal.aborted ? patience.reason : cause;
  }
};
