import { describe, expect, test } from 'vitest';
import { changed, inputsOf } from '../../bench/fuzz/campaign.ts';
import { tryInput } from '../../bench/fuzz/invariant.ts';
import { PARSERS } from '../../bench/fuzz/parsers.ts';
import { Random } from '../../bench/fuzz/random.ts';

const INPUTS = 60;

/** The bench goes on for as long as it is told, led by which code runs: `npm run bench -- fuzz`. */
describe.each(Object.entries(PARSERS))('the reader of %s', (_name, parser) => {
  test('gives a typed answer, in a second and 256 MiB, to whatever is made of real inputs', async () => {
    const inputs = inputsOf(parser);
    const random = new Random(20_261_130);
    expect(inputs.length).toBeGreaterThan(0);

    for (let count = 0; count < INPUTS; count += 1) {
      const bytes = changed(parser, inputs, random);
      const { broken } = await tryInput(parser.file, bytes);

      expect(broken, Buffer.from(bytes).toString('base64').slice(0, 2000)).toBeUndefined();
    }
  });
});
