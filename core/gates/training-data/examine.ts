import { DataSetRefused, DataSetUnreadable } from '../../data-set/failures.ts';
import { type DataSetPorts, dataSetDigest, dataSetRows, type PinnedUpload } from '../../data-set/open-data-set.ts';
import type { Manifest } from '../../intake/manifest.ts';
import { show } from '../../kernel/reason.ts';
import type { GateFinding, GateRules } from '../contract.ts';
import { riskTier } from '../risk-tier.ts';
import { flippedLabels, type LabelFigure } from './flipped-labels.ts';
import { neighboursIn } from './neighbours.ts';
import { type BlockFigure, outlierBlocks } from './outlier-blocks.ts';
import { MOST_CLASSES, readSample, type TrainingSample } from './training-sample.ts';
import { CONFIDENCE, STRICT } from './wilson.ts';

type Rules = GateRules['trainingData'];
type Figures = { readonly outliers: readonly BlockFigure[]; readonly flips: readonly LabelFigure[] };

const PATH = '$.training.sample';
const UNIT = 'share of rows';

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const measured = ({ share, n, low, high }: BlockFigure) => ({
  measured: rounded(share),
  unit: UNIT,
  n,
  interval: { low: rounded(low), high: rounded(high), confidence: CONFIDENCE[STRICT] },
});

const worst = <Figure extends BlockFigure>(figures: readonly Figure[], by: (figure: Figure) => number) =>
  figures.toSorted((a, b) => by(b) - by(a))[0];

const outlierFindings = ({ outliers }: Figures, { maximumOutlying }: Rules): GateFinding[] => {
  const [gate, path, threshold] = ['training-data.outlier-block' as const, PATH, maximumOutlying];
  const found = outliers.filter(({ low }) => low > maximumOutlying);
  if (found.length > 0)
    return found.map((figure) => ({
      gate,
      outcome: 'fail',
      message: `of the rows in ${show(figure.block)}, ${percent(figure.share)} lie far out for all other rows`,
      path,
      ...measured(figure),
      threshold,
      fix: 'Find out where this block comes from, and leave it out; or train on enough of its kind that it is not alone.',
    }));
  const most = worst(outliers, ({ low }) => low);
  if (most === undefined)
    return [{ gate, outcome: 'not-enough-evidence', message: 'no block has enough rows beside it to compare', path }];
  const message = `no block lies far out; the furthest is ${show(most.block)}, ${percent(most.share)} of it`;
  return [{ gate, outcome: 'pass', message, path, ...measured(most), threshold }];
};

const whyNoLabels = ({ labels, labelValues }: TrainingSample, label: string | undefined): string => {
  if (label === undefined) return 'no column is declared as the label, so flipped labels cannot be looked for';
  return labels === undefined
    ? `${show(label)} has ${labelValues} values, more than the ${MOST_CLASSES} that count as classes`
    : 'no block has enough rows of classes that others have too';
};

const labelFindings = (
  { flips }: Figures,
  { maximumContradicted }: Rules,
  sample: TrainingSample,
  label: string | undefined,
): GateFinding[] => {
  const [gate, path, unit] = ['training-data.label-flip' as const, PATH, UNIT];
  const above = ({ low, expected }: LabelFigure) => low - expected;
  const beside = (figure: LabelFigure) =>
    `the nearest rows contradict ${percent(figure.share)} of the labels in ${show(figure.block)}, where by the other blocks it would be ${percent(figure.expected)} at most`;
  const found = flips.filter((figure) => above(figure) > maximumContradicted);
  if (found.length > 0)
    return found.map((figure) => ({
      gate,
      outcome: 'fail',
      message: beside(figure),
      path,
      ...measured(figure),
      threshold: rounded(figure.expected + maximumContradicted),
      fix: 'Look at the labels of this block with whoever made them, correct or leave it out, and train again.',
    }));
  const most = worst(flips, above);
  if (most === undefined)
    return [{ gate, outcome: 'not-enough-evidence', message: whyNoLabels(sample, label), path, unit }];
  const threshold = rounded(most.expected + maximumContradicted);
  return [{ gate, outcome: 'pass', message: beside(most), path, ...measured(most), threshold }];
};

/** What a sample of the training data says about itself: its blocks beside each other. */
export const judgeSample = (sample: TrainingSample, rules: Rules, label?: string): GateFinding[] => {
  const neighbours = neighboursIn(sample);
  const figures = { outliers: outlierBlocks(sample, neighbours), flips: flippedLabels(sample, neighbours) };
  const { count, rows, blockNames } = sample;
  const looked = `${count} of ${rows} rows in ${blockNames.length} blocks were looked at`;
  return [
    {
      gate: 'training-data.sample',
      outcome: 'pass',
      message: looked,
      path: PATH,
      measured: count,
      unit: 'rows',
      n: rows,
    },
    ...outlierFindings(figures, rules),
    ...labelFindings(figures, rules, sample, label),
  ];
};

const refused = (message: string, fix: string): GateFinding[] => [
  { gate: 'training-data.sample', outcome: 'fail', message, path: PATH, fix },
];

export type SampleSource = { readonly ports: DataSetPorts; readonly upload: Omit<PinnedUpload, 'field'> };

/**
 * The gates on the training data itself. Nothing of a row stays but how many there were, and which blocks.
 * @throws UploadChanged
 */
export const trainingDataFindings = async (
  manifest: Manifest,
  rules: Rules,
  { ports, upload }: SampleSource,
): Promise<GateFinding[]> => {
  const sample = manifest.training?.sample;
  const digest = dataSetDigest(manifest, sample);
  const { tier } = riskTier(manifest.risk);
  if (sample === undefined || digest === undefined)
    return rules.requiredTiers.includes(tier)
      ? refused(
          `this stage asks tier ${tier} for a sample of the training data`,
          'Declare training.sample: rows with their labels, and a column that says which block each came in.',
        )
      : [];
  const { label, block, format } = sample;
  try {
    const rows = await dataSetRows(ports, { ...upload, field: 'training.sample' }, sample, digest);
    const options = { digest, features: manifest.features ?? [], label, block };
    return judgeSample(await readSample(rows, options, format === 'csv' ? 'text' : 'typed'), rules, label);
  } catch (cause) {
    if (cause instanceof DataSetUnreadable || cause instanceof DataSetRefused)
      return refused(cause.message, 'Declare a sample that can be read as training.sample says.');
    throw cause;
  }
};
