import { couldNotTell, Problem } from './outcome.ts';

type AwsError = Error & { code?: string; $metadata?: { httpStatusCode?: number } };

const isAwsError = (cause: unknown): cause is AwsError => cause instanceof Error;

const CREDENTIALS = new Set([
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClientException',
]);

export const isNamed = (cause: unknown, ...names: readonly string[]): boolean =>
  isAwsError(cause) && (names.includes(cause.name) || names.includes(cause.code ?? ''));

export const isRefused = (cause: unknown): boolean =>
  isNamed(cause, 'AccessDenied', 'AccessDeniedException', 'Forbidden') ||
  (isAwsError(cause) && cause.$metadata?.httpStatusCode === 403);

export const isNotThere = (cause: unknown): boolean =>
  isNamed(cause, 'NoSuchKey', 'NotFound', 'NoSuchVersion') ||
  (isAwsError(cause) && cause.$metadata?.httpStatusCode === 404);

const explain = (cause: AwsError): { message: string; fix: string } => {
  if (CREDENTIALS.has(cause.name))
    return { message: 'AWS has no credentials to accept', fix: 'Log in, or set AWS_PROFILE or AWS_ACCESS_KEY_ID.' };
  if (cause.name === 'NoSuchBucket')
    return { message: 'there is no such bucket', fix: 'Check --bucket, AWS_PROFILE and AWS_REGION.' };
  if (isRefused(cause))
    return { message: 'AWS does not permit this', fix: 'Ask the platform team for the permission.' };
  if (/region is missing/i.test(cause.message)) return { message: 'no AWS region is chosen', fix: 'Set AWS_REGION.' };
  if (cause.code !== undefined)
    return { message: 'AWS cannot be reached', fix: 'Check the network, AWS_REGION and AWS_ENDPOINT_URL.' };
  return { message: 'AWS did not do it', fix: 'Try again; if it stays, tell the platform team.' };
};

/** What an AWS call that failed means to whoever typed the command. `path` says what was asked for. */
export const awsProblem = (cause: unknown, path: string): unknown => {
  if (!isAwsError(cause) || cause instanceof Problem || cause.name === 'AbortError') return cause;
  const found = `${cause.name}: ${cause.message || (cause.code ?? '')}`;
  return couldNotTell({ path, found, ...explain(cause) }, { cause });
};

export const askingAws = async <Answer>(path: string, asked: Promise<Answer>): Promise<Answer> => {
  try {
    return await asked;
  } catch (cause) {
    throw awsProblem(cause, path);
  }
};
