import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Row } from '../../../core/data-set/rows.ts';
import { type GateFinding, GateRules } from '../../../core/gates/contract.ts';
import { judgeSample } from '../../../core/gates/training-data/examine.ts';
import { readSample } from '../../../core/gates/training-data/training-sample.ts';
import { digestOf } from '../../../core/kernel/digest.ts';
import { type DataSet, inBlocks, realDataSet, shuffled } from '../../support/training-data.ts';

const { trainingData: rules } = GateRules.parse({});

const NAMES = ['iris', 'wine', 'wdbc'] as const;
const sets = new Map<string, DataSet>();
beforeAll(async () => {
  for (const name of NAMES) sets.set(name, await realDataSet(name));
});
const set = (name: string): DataSet => sets.get(name) ?? { rows: [], features: [] };

type Asked = { features: DataSet['features']; label?: string; block?: string };

const judge = async (rows: readonly Row[], { features, label = 'class', block }: Asked): Promise<GateFinding[]> => {
  const options = { digest: digestOf(JSON.stringify(rows)), features, label, block };
  return judgeSample(await readSample(rows, options, 'text'), rules, label);
};

const failed = (findings: readonly GateFinding[], gate: GateFinding['gate']) =>
  findings.filter((finding) => finding.gate === gate && finding.outcome === 'fail').map(({ message }) => message);

const moved = (row: Row, features: DataSet['features'], by: (value: number, column: number) => number): Row => ({
  ...row,
  ...Object.fromEntries(features.map(({ name }, column) => [name, String(by(Number(row[name]), column))])),
});

const spreads = ({ rows, features }: DataSet): number[] =>
  features.map(({ name }) => {
    const values = rows.map((row) => Number(row[name]));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  });

const otherLabel = (row: Row, labels: readonly unknown[]): Row => ({
  ...row,
  class: labels[(labels.indexOf(row.class) + 1) % labels.length],
});

const inBlock = (row: Row, block: number) => row.block === `delivery-${block}`;

describe('F7: training data that nobody has touched is not blamed', () => {
  test.each(NAMES)('%s, in whatever order it comes and however it is cut into blocks', async (name) => {
    const { rows, features } = set(name);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1 }), fc.integer({ min: 2, max: 12 }), async (seed, blocks) => {
        const cut = inBlocks(shuffled(rows, seed), blocks);

        expect((await judge(cut, { features, block: 'block' })).map(({ outcome }) => outcome)).not.toContain('fail');
      }),
      { numRuns: 12 },
    );
  });

  test.each(NAMES)('%s, sorted by its label or by any of its features', async (name) => {
    const { rows, features } = set(name);
    for (const column of ['class', ...features.slice(0, 4).map((feature) => feature.name)]) {
      const numeric = column !== 'class';
      const sorted = rows.toSorted((a, b) =>
        numeric ? Number(a[column]) - Number(b[column]) : String(a[column]).localeCompare(String(b[column])),
      );

      expect((await judge(sorted, { features })).map(({ outcome }) => outcome)).not.toContain('fail');
    }
  });

  test('noise that is everywhere, and a rare class, are no flipped labels', async () => {
    const { rows, features } = set('wdbc');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1 }), fc.constantFrom(2, 5, 10), async (seed, everyNth) => {
        const noisy = shuffled(
          rows.map((row, at) => (at % everyNth === 0 ? otherLabel(row, ['malignant', 'benign']) : row)),
          seed,
        );

        expect(failed(await judge(noisy, { features }), 'training-data.label-flip')).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });

  test('values that are the same in most rows make no outlier of the others', async () => {
    const rows = Array.from({ length: 600 }, (_, at) => ({ x: at % 10 === 0 ? '1' : '0', class: at % 2 ? 'a' : 'b' }));
    const features = [{ name: 'x', type: 'number' as const, required: true, personal: false }];

    expect((await judge(rows, { features })).map(({ outcome }) => outcome)).toEqual(['pass', 'pass', 'pass']);
  });
});

describe('F7: a block that somebody planted is found, by its name', () => {
  test.each(NAMES)('%s: rows that lie four standard deviations off in every feature', async (name) => {
    const whole = set(name);
    const far = spreads(whole);
    const planted = inBlocks(shuffled(whole.rows, 7), 6).map((row) =>
      inBlock(row, 3) ? moved(row, whole.features, (value, column) => value + 4 * (far[column] ?? 0)) : row,
    );

    const found = failed(await judge(planted, { ...whole, block: 'block' }), 'training-data.outlier-block');

    expect(found).toEqual([expect.stringContaining('"delivery-3"')]);
  });

  test('one feature alone, ten times what it was', async () => {
    const { rows, features } = set('wdbc');
    const planted = inBlocks(shuffled(rows, 3), 8).map((row) =>
      inBlock(row, 2) ? moved(row, features, (value, column) => (column === 3 ? value * 10 : value)) : row,
    );

    const found = failed(await judge(planted, { features, block: 'block' }), 'training-data.outlier-block');

    expect(found).toEqual([expect.stringContaining('"delivery-2"')]);
  });

  test.each(['wine', 'wdbc'] as const)('%s: a stretch of a file without blocks, wherever it begins', async (name) => {
    const whole = set(name);
    const far = spreads(whole);
    const length = Math.round(whole.rows.length * 0.18);
    const begin = fc.integer({ min: 0, max: whole.rows.length - length });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1 }), begin, async (seed, first) => {
        const planted = shuffled(whole.rows, seed).map((row, at) =>
          at >= first && at < first + length
            ? moved(row, whole.features, (value, column) => value + 5 * (far[column] ?? 0))
            : row,
        );

        expect(failed(await judge(planted, whole), 'training-data.outlier-block')).not.toEqual([]);
      }),
      { numRuns: 8 },
    );
  });

  test.each([
    ['wine', 4, 1],
    ['wdbc', 6, 0.5],
    ['wdbc', 12, 1],
  ] as const)('%s: in one of %i blocks, a share of %d of the labels is another one', async (name, blocks, share) => {
    const { rows, features } = set(name);
    const labels = [...new Set(rows.map((row) => row.class))];
    const planted = inBlocks(shuffled(rows, 11), blocks).map((row, at) =>
      inBlock(row, 1) && (at * share) % 1 < share ? otherLabel(row, labels) : row,
    );

    const found = failed(await judge(planted, { features, block: 'block' }), 'training-data.label-flip');

    expect(found).toEqual([expect.stringContaining('"delivery-1"')]);
  });

  test('a block of copies of one row is found, though each has neighbours enough among the copies', async () => {
    const { rows, features } = set('wine');
    const copies = Array.from({ length: 30 }, () =>
      moved(rows[0] ?? {}, features, (value, column) => value * (column % 2 === 0 ? 3 : -1)),
    );
    const planted = [...inBlocks(shuffled(rows, 5), 5), ...copies.map((row) => ({ ...row, block: 'triggers' }))];

    const found = failed(await judge(planted, { features, block: 'block' }), 'training-data.outlier-block');

    expect(found).toEqual(['of the rows in "triggers", 100.0 % lie far out for all other rows']);
  });
});

test('the unit in which a feature is measured changes nothing', async () => {
  const { rows, features } = set('wine');
  const cut = inBlocks(shuffled(rows, 2), 6);
  const figures = async (of: readonly Row[]) => {
    const options = { digest: digestOf('the same'), features, label: 'class', block: 'block' };
    return judgeSample(await readSample(of, options, 'text'), rules, 'class').map(({ gate, measured }) => [
      gate,
      measured,
    ]);
  };
  const factor = fc.constantFrom(0.001, 0.25, 8, 1024);
  await fc.assert(
    fc.asyncProperty(factor, fc.constantFrom(-4096, 0, 512), async (times, plus) => {
      const changed = cut.map((row) => moved(row, features, (value) => value * times + plus));

      expect(await figures(changed)).toEqual(await figures(cut));
    }),
    { numRuns: 8 },
  );
});

describe('what cannot be judged is said', () => {
  test('a label with more values than classes have, such as a price', async () => {
    const { rows, features } = set('wine');
    const priced = rows.map((row, at) => ({ ...row, class: String(at * 1.5) }));

    expect(await judge(priced, { features })).toContainEqual(
      expect.objectContaining({
        gate: 'training-data.label-flip',
        outcome: 'not-enough-evidence',
        message: '"class" has 178 values, more than the 50 that count as classes',
      }),
    );
  });

  test('a data set of one block', async () => {
    const { rows, features } = set('iris');

    expect(await judge(inBlocks(rows, 1), { features, block: 'block' })).toMatchObject([
      { gate: 'training-data.sample', outcome: 'pass', message: '150 of 150 rows in 1 blocks were looked at' },
      { gate: 'training-data.outlier-block', outcome: 'not-enough-evidence' },
      { gate: 'training-data.label-flip', outcome: 'not-enough-evidence' },
    ]);
  });
});
