import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ARGUMENT, ARGUMENT_OF } from '../../core/scanning/pickle/opcodes.ts';
import { RULES } from '../../core/scanning/rules.ts';
import { worked } from '../support/worked.ts';
import { concat, corpus, op, PAYLOAD, pickle, real, realNames, scanBytes } from './support.ts';

/** What any bytes may give: a verdict with known rules, for a bounded amount of work. */
const expectAnswer = async (bytes: Uint8Array): Promise<void> => {
  const [scan, seconds] = await worked(() => scanBytes(bytes));

  expect(seconds).toBeLessThan(1);
  expect(scan.findings.every(({ rule }) => rule in RULES)).toBe(true);
  expect(scan.verdict === 'clean').toBe(scan.findings.length === 0);
};

const mutated = (bytes: Uint8Array) =>
  fc
    .array(
      fc.tuple(
        fc.nat(bytes.length - 1),
        fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 127, 128, 255)),
      ),
      {
        minLength: 1,
        maxLength: 6,
      },
    )
    .map((changes) => {
      const copy = bytes.slice();
      for (const [at, value] of changes) copy[at] = value;
      return copy;
    });

describe('any bytes get an answer', () => {
  test('random ones', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), expectAnswer), { numRuns: 800 });
  });

  test('random ones behind the magic of a format', async () => {
    const magic = fc.constantFrom(...realNames().map((name) => real(name).slice(0, 16)));
    const behind = fc.tuple(magic, fc.uint8Array({ maxLength: 200 })).map(([start, rest]) => concat(start, rest));

    await fc.assert(fc.asyncProperty(behind, expectAnswer), { numRuns: 800 });
  });

  test.each(realNames())('%s with some bytes changed', async (name) => {
    await fc.assert(fc.asyncProperty(mutated(real(name)), expectAnswer), { numRuns: 80 });
  });

  test('hostile ones with some bytes changed', async () => {
    const vectors = corpus()
      .map(({ b64 }) => new Uint8Array(Buffer.from(b64, 'base64')))
      .filter(({ length }) => length < 5000);

    await fc.assert(fc.asyncProperty(fc.constantFrom(...vectors).chain(mutated), expectAnswer), { numRuns: 1000 });
  });
});

/** Opcodes that take no argument: none of them can swallow what stands behind it. */
const BARE = Array.from({ length: 256 }, (_, code) => code).filter((code) => ARGUMENT_OF[code] === ARGUMENT.none);

test('whatever opcodes stand in front of a payload, sensible or not, the file is not clean', async () => {
  const before = fc.array(fc.constantFrom(...BARE), { maxLength: 30 }).map((codes) => Uint8Array.from(codes));

  await fc.assert(
    fc.asyncProperty(before, fc.boolean(), async (codes, withMagic) => {
      const bytes = withMagic ? pickle(codes, PAYLOAD) : concat(codes, PAYLOAD, op('STOP'));

      expect((await scanBytes(bytes)).verdict).not.toBe('clean');
    }),
    { numRuns: 1500 },
  );
});
