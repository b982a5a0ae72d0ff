import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readUpload } from '../../cli/local-upload.ts';
import { IntakeLimits } from '../../core/intake/contract.ts';
import { folderOf, uploadOf } from './folder.ts';

const GiB = 1024 ** 3;

test.each([
  ['a file that S3 takes only in parts, of which it keeps no digest', 5 * GiB + 1, ['intake.too-much-to-read']],
  ['a file that S3 takes in one piece, with its digest', 5 * GiB, []],
])('more than a stage reads is told before anything is uploaded: %s', async (_, size, expected) => {
  using folder = folderOf(uploadOf({ 'a.jsonl': '{}\n', 'weights.bin': '' }));
  truncateSync(join(folder.dir, 'weights.bin'), size);

  const { inventoryReasons } = await readUpload(folder.dir, IntakeLimits.parse({ readBytes: GiB }));

  expect(inventoryReasons.map(({ rule }) => rule)).toEqual(expected);
});
