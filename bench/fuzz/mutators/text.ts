import type { Mutator } from './mutator.ts';

/** Changes lines: drops, repeats, swaps one with another, or puts a word in. */
export const changeLines =
  (words: readonly [string, ...string[]]): Mutator =>
  (bytes, random, other) => {
    const lines = Buffer.from(bytes).toString('latin1').split('\n');
    const strange = Buffer.from(other).toString('latin1').split('\n');
    const at = random.below(lines.length);
    const line = lines[at] ?? '';
    const place = random.below(line.length + 1);
    const made = random.pick([
      () => lines.toSpliced(at, 1),
      () => lines.toSpliced(at, 0, line),
      () => lines.with(at, strange[random.below(strange.length)] ?? ''),
      () => lines.with(at, line.slice(0, place) + random.pick(words) + line.slice(place)),
      () => lines.with(at, line.slice(0, place) + random.pick(words) + line.slice(place + random.below(8))),
      () =>
        lines.with(
          at,
          line.replace(/-?\d+/, () => String(random.pick([0, -1, 1, 2 ** 31, 1e18, random.below(100)]))),
        ),
    ] as const);
    return new Uint8Array(Buffer.from(made().join('\n'), 'latin1'));
  };
