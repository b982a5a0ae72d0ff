import { expect, test } from 'vitest';
import { Throttled } from '../../core/kernel/failures.ts';
import { isLostTransaction, rethrow } from '../../functions/platform/aws-errors.ts';

const named = (name: string, more: object = {}): Error => Object.assign(new Error('from AWS'), { name, ...more });
const cancelled = (...codes: string[]) =>
  named('TransactionCanceledException', { CancellationReasons: codes.map((Code) => ({ Code })) });

test.each([
  ['a throttled call', named('ThrottlingException')],
  ['a service that failed inside', named('InternalServerException')],
  ['a transaction of which one item was throttled', cancelled('None', 'ThrottlingError')],
  ['a transaction beyond the capacity of its table', cancelled('ProvisionedThroughputExceeded')],
])('%s is to be tried later', (_, cause) => {
  expect(() => rethrow(cause)).toThrow(Throttled);
});

test.each([
  ['a refusal', named('AccessDeniedException')],
  ['a transaction that is wrong in itself', cancelled('None', 'ValidationError')],
  ['what is no error of AWS', new TypeError('a bug')],
])('%s is thrown as it is', (_, cause) => {
  expect(() => rethrow(cause)).toThrow(cause);
});

test.each([
  [['None', 'ConditionalCheckFailed'], true],
  [['TransactionConflict'], true],
  [['ThrottlingError'], false],
  [[], false],
])('a transaction that was cancelled for %j was lost to another writer: %s', (codes, lost) => {
  expect(isLostTransaction(cancelled(...codes))).toBe(lost);
});
