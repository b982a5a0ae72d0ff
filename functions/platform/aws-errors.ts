import { Throttled } from '../../core/kernel/failures.ts';

const THROTTLES: ReadonlySet<string> = new Set([
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'ProvisionedThroughputExceededException',
  'TransactionConflictException',
  'TransactionInProgressException',
  'SlowDown',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'InternalServerError',
  'InternalError',
  'KMSInternalException',
  'DependencyTimeoutException',
  'ConditionalRequestConflict',
  'OperationAborted',
  'TimeoutError',
]);

export const isNamed = (cause: unknown, ...names: string[]): cause is Error =>
  cause instanceof Error && names.includes(cause.name);

/** A condition of the transaction did not hold, or another writer was at the same items this moment. */
export const isLostTransaction = (cause: unknown): boolean =>
  isNamed(cause, 'TransactionCanceledException') &&
  ((cause as { CancellationReasons?: { Code?: string }[] }).CancellationReasons ?? []).some(({ Code = '' }) =>
    ['ConditionalCheckFailed', 'TransactionConflict'].includes(Code),
  );

/** Rethrows what AWS asked us to try later as `Throttled`, with its cause, and everything else as it is. */
export const rethrow = (cause: unknown): never => {
  if (cause instanceof Error && THROTTLES.has(cause.name)) throw new Throttled(cause.message, { cause });
  throw cause;
};
