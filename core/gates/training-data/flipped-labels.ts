import { NEIGHBOURS, type Neighbours } from './neighbours.ts';
import { type BlockFigure, FEWEST_BLOCKS } from './outlier-blocks.ts';
import { FEWEST_ROWS, NO_CLASS, type TrainingSample } from './training-sample.ts';
import { STRICT, USUAL, wilsonInterval } from './wilson.ts';

/** Labels of a block that its neighbours contradict, and how many that would be if it were like the others. */
export type LabelFigure = BlockFigure & { readonly expected: number };

export type LabelFigures = {
  readonly compared: readonly LabelFigure[];
  /** Blocks with labels that hardly stand in any other. */
  readonly incomparable: readonly string[];
};

/** A label is contradicted when hardly a neighbour has it and most have one and the same other. */
const FEW = 1;
const MOST = 8;

const contradicted = (labels: Int32Array, nearest: Int32Array): Uint8Array =>
  Uint8Array.from(labels, (label, row) => {
    const votes = new Map<number, number>();
    for (let at = row * NEIGHBOURS; at < (row + 1) * NEIGHBOURS; at++) {
      const vote = labels[nearest[at] ?? -1] ?? -1;
      if (vote >= 0) votes.set(vote, (votes.get(vote) ?? 0) + 1);
    }
    const own = votes.get(label) ?? 0;
    votes.delete(label);
    return label >= 0 && own <= FEW && Math.max(0, ...votes.values()) >= MOST ? 1 : 0;
  });

type Tally = { n: number; contradicted: number };

/** By block and class, and by class over all blocks. */
const tally = ({ blocks, blockNames }: TrainingSample, labels: Int32Array, wrong: Uint8Array) => {
  const classes = 1 + labels.reduce((most, label) => Math.max(most, label), 0);
  const none = () => Array.from({ length: classes }, (): Tally => ({ n: 0, contradicted: 0 }));
  const [all, byBlock] = [none(), blockNames.map(none)];
  for (const [row, label] of labels.entries()) {
    for (const tallies of [all, byBlock[blocks[row] ?? 0]]) {
      const entry = tallies?.[label];
      if (entry === undefined) continue;
      entry.n += 1;
      entry.contradicted += wrong[row] ?? 0;
    }
  }
  return { all, byBlock };
};

/** What is in a block of classes that stand in others too, and what would be contradicted of it there. */
const compare = (here: readonly Tally[], all: readonly Tally[]) => {
  let [n, hits, expected] = [0, 0, 0];
  for (const [label, tallied] of here.entries()) {
    const elsewhere = (all[label]?.n ?? 0) - tallied.n;
    if (elsewhere < FEWEST_ROWS) continue;
    const hitsElsewhere = (all[label]?.contradicted ?? 0) - tallied.contradicted;
    n += tallied.n;
    hits += tallied.contradicted;
    expected += tallied.n * wilsonInterval(hitsElsewhere, elsewhere, USUAL).high;
  }
  return { n, hits, expected };
};

/** Whether a block has rare labels, beyond chance, that the others have not: other spellings, or junk. */
const isPeculiar = (odd: readonly boolean[], isHere: (row: number) => boolean): boolean => {
  const count = (here: boolean) => {
    const rows = odd.filter((_, row) => isHere(row) === here);
    return { hits: rows.filter(Boolean).length, n: rows.length };
  };
  const [own, others] = [count(true), count(false)];
  return (
    own.hits >= FEWEST_ROWS &&
    wilsonInterval(own.hits, own.n, STRICT).low > wilsonInterval(others.hits, others.n, USUAL).high
  );
};

/**
 * For each block, the share of labels that the nearest rows of other blocks contradict, beside the share among rows of
 * the same classes in those: noise and rare classes are contradicted everywhere, a block of flipped labels only there.
 */
export const flippedLabels = (sample: TrainingSample, { nearest }: Neighbours): LabelFigures => {
  const { labels, blocks, blockNames, judged } = sample;
  if (labels === undefined || judged.filter(Boolean).length < FEWEST_BLOCKS) return { compared: [], incomparable: [] };
  const { all, byBlock } = tally(sample, labels, contradicted(labels, nearest));
  const compared: LabelFigure[] = [];
  const incomparable: string[] = [];
  const odd = [...labels].map((label) => label === NO_CLASS);
  for (const [at, here] of byBlock.entries()) {
    const block = blockNames[at] ?? '';
    const { n, hits, expected } = compare(here, all);
    const labelled = here.reduce((sum, tallied) => sum + tallied.n, 0);
    const figure = { block, n, share: hits / n, ...wilsonInterval(hits, n, STRICT), expected: expected / n };
    if (n >= FEWEST_ROWS) compared.push(figure);
    if (labelled - n >= FEWEST_ROWS || isPeculiar(odd, (row) => blocks[row] === at)) incomparable.push(block);
  }
  return { compared, incomparable };
};
