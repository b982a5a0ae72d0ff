import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Form } from '../../../core/data-set/row-values.ts';
import type { Row } from '../../../core/data-set/rows.ts';
import { type GateFinding, GateRules } from '../../../core/gates/contract.ts';
import { judgeSample } from '../../../core/gates/training-data/examine.ts';
import { readSample } from '../../../core/gates/training-data/training-sample.ts';
import { digestOf } from '../../../core/kernel/digest.ts';
import { type DataSet, evenly, inBlocks, realDataSet, shuffled, turnedLabels } from '../../support/training-data.ts';

const { trainingData: rules } = GateRules.parse({});

const NAMES = ['iris', 'wine', 'wdbc'] as const;
const sets = new Map<string, DataSet>();
beforeAll(async () => {
  for (const name of NAMES) sets.set(name, await realDataSet(name));
});
const set = (name: string): DataSet => sets.get(name) ?? { rows: [], features: [] };

type Asked = { features: DataSet['features']; label?: string; block?: string };

const judge = async (
  rows: readonly Row[],
  { features, label = 'class', block }: Asked,
  form: Form = typeof rows[0]?.x === 'number' ? 'typed' : 'text',
): Promise<GateFinding[]> => {
  const options = { digest: digestOf(JSON.stringify(rows)), features, label, block };
  return judgeSample(await readSample(rows, options, form), rules);
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
      { numRuns: 6 },
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

test('whole numbers of Parquet, which come as another type, are labels, blocks and values like any other', async () => {
  const rows = dealt(300, 5, ['x', 'y'], 'normal', 6).map((row, at) => ({ ...row, class: at % 2, block: at % 5 }));
  const asParquet = rows.map((row) => ({ ...row, class: BigInt(row.class), block: BigInt(row.block) }));
  const asked = { features: numeric('x', 'y'), block: 'block' };

  const findings = await judge(rows, asked);
  const options = { digest: digestOf(JSON.stringify(rows)), ...asked, label: 'class' };

  expect(judgeSample(await readSample(asParquet, options, 'typed'), rules)).toEqual(findings);
  expect(findings[0]?.message).toContain('in 5 blocks');
});

test('the unit in which a feature is measured changes nothing', async () => {
  const { rows, features } = set('wine');
  const cut = inBlocks(shuffled(rows, 2), 6);
  const figures = async (of: readonly Row[]) => {
    const options = { digest: digestOf('the same'), features, label: 'class', block: 'block' };
    return judgeSample(await readSample(of, options, 'text'), rules).map(({ gate, measured }) => [gate, measured]);
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
  test('a label without classes, such as a price', async () => {
    const { rows, features } = set('wine');
    const priced = rows.map((row, at) => ({ ...row, class: String(at * 1.5) }));

    expect(await judge(priced, { features })).toContainEqual(
      expect.objectContaining({
        gate: 'training-data.label-flip',
        outcome: 'pass',
        message: 'no label stands in 20 rows or more: there are no classes that could be flipped',
      }),
    );
  });

  test.each([1, 2])('a data set of %i blocks, of which neither can be said to be the odd one', async (blocks) => {
    const { rows, features } = set('iris');

    expect(await judge(inBlocks(shuffled(rows, 1), blocks), { features, block: 'block' })).toMatchObject([
      { gate: 'training-data.sample', outcome: 'pass', message: expect.stringContaining(`in ${blocks} blocks`) },
      { gate: 'training-data.outlier-block', outcome: 'not-enough-evidence' },
      { gate: 'training-data.label-flip' },
    ]);
  });

  test('three blocks of which one is a single row, which is no company for the others', async () => {
    const rows = [...inBlocks(dealt(300, 2, ['x', 'y'], 'normal', 8), 2), { x: 0, y: 0, class: 'a', block: 'stray' }];

    expect(await judge(rows, { features: numeric('x', 'y'), block: 'block' })).toMatchObject([
      { outcome: 'pass', message: '301 of 301 rows in 3 blocks were looked at; too few to be judged: "stray"' },
      { gate: 'training-data.outlier-block', outcome: 'not-enough-evidence' },
      { gate: 'training-data.label-flip', outcome: 'not-enough-evidence' },
    ]);
  });

  test('labels that are spelt as nobody else spells them', async () => {
    const rows = dealt(840, 6, ['x', 'y'], 'normal', 8).map((row, at) =>
      inBlock(row, 2) ? { ...row, class: `${row.class}${' '.repeat(at % 3)}${at}` } : row,
    );

    const findings = await judge(rows, { features: numeric('x', 'y'), block: 'block' });

    expect(findings[2]).toMatchObject({
      outcome: 'not-enough-evidence',
      message: expect.stringContaining('"delivery-2"'),
    });
  });

  test('labels that stand in one block only', async () => {
    const { rows, features } = set('wine');
    const renamed = inBlocks(shuffled(rows, 3), 4).map((row) =>
      inBlock(row, 2) ? { ...row, class: `${row.class}-of-ours` } : row,
    );
    const many = [...renamed, ...renamed, ...renamed];

    expect(await judge(many, { features, block: 'block' })).toContainEqual({
      gate: 'training-data.label-flip',
      path: '$.training.sample',
      outcome: 'not-enough-evidence',
      message: 'labels of "delivery-2" hardly stand in other blocks',
    });
  });

  test('a block that is too small by itself', async () => {
    const { rows, features } = set('wine');
    const small = inBlocks(shuffled(rows, 3), 4).map((row, at) => (at < 5 ? { ...row, block: 'tiny' } : row));

    const [sample] = await judge(small, { features, block: 'block' });

    expect(sample?.message).toBe('178 of 178 rows in 5 blocks were looked at; too few to be judged: "tiny"');
  });
});

const numeric = (...names: string[]): DataSet['features'] =>
  names.map((name) => ({ name, type: 'number' as const, required: true, personal: false }));

/** A point on the bell curve, from two even draws. */
const bell = (a: number, b: number) => Math.sqrt(-2 * Math.log(a || 0.5)) * Math.cos(2 * Math.PI * b);
const SHAPES: Readonly<Record<string, (a: number, b: number) => number>> = {
  even: (a) => a,
  normal: bell,
  'log-normal': (a, b) => Math.exp(bell(a, b)),
  'mostly zero': (a, b) => (a < 0.8 ? 0 : 1 + b),
};

/** Rows that were all drawn in one way, dealt out to blocks in turn. */
const dealt = (count: number, blocks: number, names: readonly string[], shape: string, seed: number): Row[] => {
  const draw = evenly(seed);
  return Array.from({ length: count }, (_, at) => ({
    ...Object.fromEntries(names.map((name) => [name, SHAPES[shape]?.(draw(), draw()) ?? 0])),
    class: draw() < 0.3 ? 'a' : 'b',
    block: `delivery-${at % blocks}`,
  }));
};

describe('features of any number and shape', () => {
  test.each(Object.keys(SHAPES))('one to three that are %s make no outlier', async (shape) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1 }), fc.integer({ min: 1, max: 3 }), async (seed, width) => {
        const names = ['x', 'y', 'z'].slice(0, width);

        const rows = dealt(400, 4, names, shape, seed);

        for (const block of ['block', undefined]) {
          const found = await judge(rows, { features: numeric(...names), ...(block !== undefined && { block }) });
          expect(found.map(({ outcome }) => outcome)).not.toContain('fail');
        }
      }),
      { numRuns: 8 },
    );
  });

  test('a file whose values wander, so that its beginning is unlike its end, is not blamed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1 }), async (seed) => {
        const draw = evenly(seed);
        const at = { x: 0, y: 0, z: 0 };
        const rows = Array.from({ length: 900 }, () => {
          for (const name of ['x', 'y', 'z'] as const) at[name] += bell(draw(), draw()) / 20;
          const [x, y, z] = Object.values(at).map((value) => value + bell(draw(), draw()));
          return { x, y, z, class: (x ?? 0) > 0 ? 'a' : 'b' };
        });

        const found = await judge(rows, { features: numeric('x', 'y', 'z') });

        expect(found.map(({ outcome }) => outcome)).toEqual(['pass', 'pass', 'pass']);
      }),
      { numRuns: 6 },
    );
  });

  test('one value without bounds blinds nobody to a column that is zero nearly everywhere', async () => {
    const rows = dealt(600, 6, ['x'], 'normal', 5).map((row, at) => ({
      ...row,
      rare: inBlock(row, 2) ? 50 : at === 6 ? 1e200 : at % 10 === 0 ? 1 : 0,
    }));

    const found = failed(
      await judge(rows, { features: numeric('x', 'rare'), block: 'block' }),
      'training-data.outlier-block',
    );

    expect(found).toEqual([expect.stringContaining('"delivery-2"')]);
  });

  test('a rare class that lies apart is no outlier in the block that has most of it', async () => {
    const rows = dealt(1200, 6, ['x', 'y', 'z'], 'normal', 9).map((row, at) => {
      const rare = at % 100 < (inBlock(row, 0) ? 40 : 4);
      return rare ? { ...moved(row, numeric('x', 'y', 'z'), (value) => value + 8), class: 'rare' } : row;
    });

    const found = await judge(rows, { features: numeric('x', 'y', 'z'), block: 'block' });

    expect(failed(found, 'training-data.outlier-block')).toEqual([]);
  });

  test.each([0, 3])('categories alone: labels that follow from them, flipped in block %i of four', async (block) => {
    const features = ['x', 'y', 'z'].map((name) => ({ ...numeric(name)[0], name, type: 'boolean' as const })) as never;
    const draw = evenly(3);
    const rows = Array.from({ length: 2000 }, (_, at) => {
      const [x, y, z] = [draw() < 0.5, draw() < 0.5, draw() < 0.5];
      const own = Math.floor(at / 500) === block;
      return { x, y, z, class: (x !== y) !== own ? 'odd' : 'even', block: `delivery-${Math.floor(at / 500)}` };
    });

    const found = failed(await judge(rows, { features, block: 'block' }, 'typed'), 'training-data.label-flip');

    expect(found).toEqual([expect.stringContaining(`"delivery-${block}"`)]);
  });
});

describe('honest data that are not alike in all blocks are not blamed', () => {
  const outlying = async (rows: readonly Row[], features: DataSet['features']) =>
    failed(await judge(rows, { features, block: 'block' }, 'typed'), 'training-data.outlier-block');
  const flags = ['a', 'b', 'c'];
  const optional = (name: string, type: 'number' | 'category') => ({ name, type, required: false, personal: false });
  const flagged = (row: Row, at: number) =>
    Object.fromEntries(flags.map((name, bit) => [name, (at >> bit) % 2 === (Number(row.x) > 0 ? 1 : 0)]));
  const features = [
    ...flags.map((name) => ({ ...optional(name, 'category'), type: 'boolean' as const })),
    optional('channel', 'category'),
  ];

  test.each([
    ['a category of its own', 'post'],
    ['a column left out', undefined],
  ])('by %s', async (_, channel) => {
    const rows = dealt(600, 6, ['x'], 'normal', 3).map((row, at) => ({
      ...row,
      ...flagged(row, at),
      ...((inBlock(row, 2) ? channel : 'web') !== undefined && { channel: inBlock(row, 2) ? channel : 'web' }),
    }));

    expect(await outlying(rows, features)).toEqual([]);
  });

  test.each([
    ['one', [optional('x', 'number'), optional('gap', 'number')], 100],
    ['one', [optional('x', 'number'), optional('gap', 'number')], 800],
    ['two', [optional('x', 'number'), optional('y', 'number'), optional('gap', 'number')], 800],
  ])('by a number that is missing beside %s that is not', async (_, columns, each) => {
    const rows = dealt(each * 6, 6, ['x', 'y', 'gap'], 'normal', 5).map(({ gap, ...row }) =>
      inBlock(row, 2) ? row : { ...row, gap },
    );

    expect(await outlying(rows, columns)).toEqual([]);
  });

  test.each([
    [300, 300, 300, 60],
    [300, 300, 300, 300, 80],
    [200, 200, 200, 200, 200, 40],
  ])('by months that follow each other, the last of them not over (%i, %i, %i, …)', async (...sizes) => {
    const rows = sizes.flatMap((size, month) =>
      dealt(size, 1, ['x'], 'normal', month + 1).map((row) => ({ ...row, month, block: `delivery-${month}` })),
    );

    expect(await outlying(rows, numeric('x', 'month'))).toEqual([]);
  });
});

describe('whoever writes one block cannot hide it', () => {
  const flippedWine = (more: (row: Row) => Row[]): Row[] => {
    const { rows } = set('wine');
    return turnedLabels(inBlocks(shuffled(rows, 11), 4), 'delivery-1').flatMap((row) =>
      inBlock(row, 1) ? [row, ...more(row)] : [row],
    );
  };

  test.each([
    ['by copies of its rows', (row: Row) => [row, row]],
    ['by copies without labels', (row: Row) => [1, 2, 3].map(() => ({ ...row, class: '' }))],
    ['by labels that nobody else has', (row: Row) => [{ ...row, class: `junk ${row.proline} ${row.hue}` }]],
  ])('%s', async (_, more) => {
    const { features } = set('wine');

    const found = failed(await judge(flippedWine(more), { features, block: 'block' }), 'training-data.label-flip');

    expect(found).toEqual([expect.stringContaining('"delivery-1"')]);
  });

  test('by being small beside a very large data set, nor by being cut into pieces too small to be judged', async () => {
    const crowd = dealt(30_000, 5, ['x', 'y', 'z'], 'normal', 2);
    const planted = dealt(100, 1, ['x', 'y', 'z'], 'normal', 3).map((row) =>
      moved(row, numeric('x', 'y', 'z'), (value) => value + 50),
    );
    const whole = planted.map((row) => ({ ...row, block: 'planted' }));
    const pieces = planted.map((row, at) => ({ ...row, block: `piece ${at % 10}` }));
    const asked = { features: numeric('x', 'y', 'z'), block: 'block' };

    const found = await judge([...crowd, ...whole], asked);

    expect(found[0]?.message).toBe('5100 of 30100 rows in 6 blocks were looked at');
    expect(failed(found, 'training-data.outlier-block')).toEqual([
      'of the rows in "planted", 100.0 % lie far out for all other rows',
    ]);
    expect(failed(await judge([...crowd, ...pieces], asked), 'training-data.outlier-block')).toEqual([
      'of the rows in "10 blocks of fewer than 20 rows", 100.0 % lie far out for all other rows',
    ]);
  });

  test('by rows of zeros, which are as near each other as can be', async () => {
    const rows = dealt(1600, 8, ['x', 'y', 'z'], 'normal', 4).map((row, at) => {
      if (inBlock(row, 3)) return moved(row, numeric('x', 'y', 'z'), (value) => value + 50);
      return (at >> 3) % 2 === 0 ? { ...row, x: 0, y: 0, z: 0 } : row;
    });

    const found = failed(
      await judge(rows, { features: numeric('x', 'y', 'z'), block: 'block' }, 'text'),
      'training-data.outlier-block',
    );

    expect(found).toEqual([expect.stringContaining('"delivery-3"')]);
  });

  test('by copies in a second block, nor by taking four of thirty', async () => {
    const asked = { features: numeric('x', 'y'), block: 'block' };
    const crowd = dealt(3000, 30, ['x', 'y'], 'normal', 6).map((row) => ({
      ...row,
      class: Number(row.x) > 0 ? 'a' : 'b',
    }));
    const turned = crowd.flatMap((row): Row[] => {
      if (!inBlock(row, 1) && !inBlock(row, 2)) return [row];
      return Array.from({ length: 5 }, () => ['delivery-1', 'delivery-2'])
        .flat()
        .map((block) => ({ ...otherLabel(row, ['a', 'b']), block }));
    });
    const four = crowd.map((row) =>
      [3, 9, 15, 21].some((block) => inBlock(row, block)) ? moved(row, asked.features, (value) => value + 50) : row,
    );

    const labels = failed(await judge(turned, asked, 'typed'), 'training-data.label-flip');
    const outliers = failed(await judge(four, asked, 'text'), 'training-data.outlier-block');

    expect(labels).toEqual([expect.stringContaining('"delivery-1"'), expect.stringContaining('"delivery-2"')]);
    expect(outliers).toHaveLength(4);
  });

  test('by taking two blocks at once', async () => {
    const { rows, features } = set('wdbc');
    const far = spreads({ rows, features });
    const planted = inBlocks(shuffled(rows, 7), 10).map((row) =>
      inBlock(row, 3) || inBlock(row, 8)
        ? moved(row, features, (value, column) => value + 8 * (far[column] ?? 0))
        : row,
    );

    const found = failed(await judge(planted, { features, block: 'block' }), 'training-data.outlier-block');

    expect(found).toEqual([expect.stringContaining('"delivery-3"'), expect.stringContaining('"delivery-8"')]);
  });

  test('by a label that stands among the features as well', async () => {
    const { rows, features } = set('wine');
    const planted = turnedLabels(inBlocks(shuffled(rows, 11), 4), 'delivery-1');
    const declared = [...features, { name: 'class', type: 'category' as const, required: true, personal: false }];

    expect(await judge(planted, { features: declared, block: 'block' })).toEqual(
      await judge(planted, { features, block: 'block' }),
    );
  });
});
