import { expect, test } from 'vitest';
import { lazy } from '../../functions/platform/lazy.ts';

test('what could not be made is tried again, and what was made is kept', async () => {
  let tries = 0;
  const get = lazy(async () => {
    tries++;
    if (tries === 1) throw new Error('throttled');
    return { tries };
  });

  await expect(get()).rejects.toThrow('throttled');
  const [first, second] = [await get(), await get()];

  expect(first).toEqual({ tries: 2 });
  expect(second).toBe(first);
});
