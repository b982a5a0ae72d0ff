import { DataSetRefused, DataSetUnreadable } from '../../data-set/failures.ts';
import { type DataSetPorts, dataSetDigest, dataSetRows, type PinnedUpload } from '../../data-set/open-data-set.ts';
import type { Manifest } from '../../intake/manifest.ts';
import { show } from '../../kernel/reason.ts';
import type { GateFinding, GateRules } from '../contract.ts';
import { riskTier } from '../risk-tier.ts';
import { flippedLabels, type LabelFigure, type LabelFigures } from './flipped-labels.ts';
import { neighboursIn } from './neighbours.ts';
import { type BlockFigure, FEWEST_BLOCKS, outlierBlocks } from './outlier-blocks.ts';
import { FEWEST_ROWS, readSample, type TrainingSample } from './training-sample.ts';
import { CONFIDENCE, STRICT } from './wilson.ts';

type Rules = GateRules['trainingData'];

const PATH = '$.training.sample';
const UNIT = 'share of rows';
/** A sample, not a warehouse: what is read has to be read within the time of one call. */
const LARGEST = 256 * 1024 ** 2;

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

const outlierFindings = (figures: readonly BlockFigure[], { maximumOutlying }: Rules): GateFinding[] => {
  const about = { gate: 'training-data.outlier-block', path: PATH } as const;
  const threshold = maximumOutlying;
  const found = figures.filter(({ low }) => low > threshold);
  if (found.length > 0)
    return found.map((figure) => ({
      ...about,
      outcome: 'fail',
      message: `of the rows in ${show(figure.block)}, ${percent(figure.share)} lie far out for all other rows`,
      ...measured(figure),
      threshold,
      fix: 'Find out where this block comes from, and leave it out; or train on enough of its kind that it is not alone.',
    }));
  const most = worst(figures, ({ low }) => low);
  if (most === undefined) {
    const message = `there are fewer than ${FEWEST_BLOCKS} blocks of ${FEWEST_ROWS} rows or more`;
    return [{ ...about, outcome: 'not-enough-evidence', message }];
  }
  const message = `no block lies far out; the furthest is ${show(most.block)}, ${percent(most.share)} of it`;
  return [{ ...about, outcome: 'pass', message, ...measured(most), threshold }];
};

const NO_CLASSES = `no label stands in ${FEWEST_ROWS} rows or more: there are no classes that could be flipped`;

const labelFindings = (
  { compared, incomparable }: LabelFigures,
  { maximumContradicted }: Rules,
  { labels, classes, named }: TrainingSample,
): GateFinding[] => {
  const about = { gate: 'training-data.label-flip', path: PATH } as const;
  const none = (outcome: 'pass' | 'not-enough-evidence', message: string): GateFinding[] => [
    { ...about, outcome, message },
  ];
  if (labels === undefined) return none('pass', 'no column is declared as the label, so there is none to be flipped');
  if (classes === 0) return none('pass', NO_CLASSES);
  const above = ({ low, expected }: LabelFigure) => low - expected;
  const said = (figure: LabelFigure) => ({
    message: `rows of other blocks contradict ${percent(figure.share)} of the labels in ${show(figure.block)}, where ${percent(figure.expected)} would be usual`,
    ...measured(figure),
    threshold: rounded(figure.expected + maximumContradicted),
  });
  const found = compared.filter((figure) => above(figure) > maximumContradicted);
  if (found.length > 0)
    return found.map((figure) => ({
      ...about,
      outcome: 'fail',
      ...said(figure),
      fix: 'Look at the labels of this block with whoever made them, correct or leave it out, and train again.',
    }));
  if (named && incomparable.length > 0)
    return none('not-enough-evidence', `labels of ${incomparable.map(show).join(', ')} hardly stand in other blocks`);
  const most = worst(compared, above);
  return most === undefined
    ? none('not-enough-evidence', `too few blocks have ${FEWEST_ROWS} rows of classes that others have too`)
    : [{ ...about, outcome: 'pass', ...said(most) }];
};

/** What a sample of the training data says about itself: its blocks beside each other. */
export const judgeSample = (sample: TrainingSample, rules: Rules): GateFinding[] => {
  const neighbours = neighboursIn(sample);
  const { count, rows, blockNames, judged } = sample;
  const small = blockNames.filter((_, at) => judged[at] === false);
  const unjudged = small.length === 0 ? '' : `; too few to be judged: ${small.map(show).join(', ')}`;
  const message = `${count} of ${rows} rows in ${blockNames.length} blocks were looked at${unjudged}`;
  return [
    { gate: 'training-data.sample', outcome: 'pass', message, path: PATH, measured: count, unit: 'rows', n: rows },
    ...outlierFindings(outlierBlocks(sample, neighbours), rules),
    ...labelFindings(flippedLabels(sample, neighbours), rules, sample),
  ];
};

const refused = (message: string, fix: string): GateFinding[] => [
  { gate: 'training-data.sample', outcome: 'fail', message, path: PATH, fix },
];

const DECLARE =
  'Declare training.sample: rows, the column of their labels, and the one that says in which block each came.';

export type SampleSource = { readonly ports: DataSetPorts; readonly upload: Omit<PinnedUpload, 'field' | 'atMost'> };

/**
 * The gates on the training data itself. Nothing of a row stays but how many there were, and the names of blocks.
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
  const required = rules.requiredTiers.includes(tier);
  if (sample === undefined || digest === undefined)
    return required ? refused(`this stage asks tier ${tier} for a sample of the training data`, DECLARE) : [];
  const { label, block, format } = sample;
  if (required && label === undefined) return refused(`this stage asks tier ${tier} for a sample with labels`, DECLARE);
  try {
    const options = { field: 'training.sample', atMost: LARGEST };
    const rows = await dataSetRows(ports, { ...upload, ...options }, sample, digest);
    const declared = { digest, features: manifest.features ?? [], label, block };
    return judgeSample(await readSample(rows, declared, format === 'csv' ? 'text' : 'typed'), rules);
  } catch (cause) {
    if (cause instanceof DataSetUnreadable || cause instanceof DataSetRefused)
      return refused(cause.message, 'Declare a sample that can be read as training.sample says.');
    throw cause;
  }
};
