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
  'InternalServerException',
  'InternalError',
  'KMSInternalException',
  'DependencyTimeoutException',
  'ConditionalRequestConflict',
  'OperationAborted',
  'TimeoutError',
]);

export const isNamed = (cause: unknown, ...names: string[]): cause is Error =>
  cause instanceof Error && names.includes(cause.name);

/** Why each item of a transaction that was cancelled was, or was not, what cancelled it. */
const cancelledFor = (cause: unknown, ...codes: string[]): boolean =>
  isNamed(cause, 'TransactionCanceledException') &&
  ((cause as { CancellationReasons?: { Code?: string }[] }).CancellationReasons ?? []).some(({ Code = '' }) =>
    codes.includes(Code),
  );

/** A condition of the transaction did not hold, or another writer was at the same items this moment. */
export const isLostTransaction = (cause: unknown): boolean =>
  cancelledFor(cause, 'ConditionalCheckFailed', 'TransactionConflict');

/** Rethrows what AWS asked us to try later as `Throttled`, with its cause, and everything else as it is. */
export const rethrow = (cause: unknown): never => {
  const isLater =
    cause instanceof Error &&
    (THROTTLES.has(cause.name) || cancelledFor(cause, 'ThrottlingError', 'ProvisionedThroughputExceeded'));
  if (isLater) throw new Throttled(cause.message, { cause });
  throw cause;
};
