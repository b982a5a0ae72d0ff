import { NEIGHBOURS, type Neighbours } from './neighbours.ts';
import type { BlockFigure } from './outlier-blocks.ts';
import type { TrainingSample } from './training-sample.ts';
import { STRICT, USUAL, wilsonInterval } from './wilson.ts';

/** Labels of a block that its neighbours contradict, and how many that would be if it were like the others. */
export type LabelFigure = BlockFigure & { readonly expected: number };

const FEWEST_ROWS = 20;
/** A label is contradicted when hardly a neighbour has it and most have one and the same other. */
const FEW = 1;
const MOST = 8;

const contradicted = (labels: Int32Array, nearest: Int32Array): Uint8Array =>
  Uint8Array.from(labels, (label, row) => {
    const votes = new Map<number, number>();
    for (let at = row * NEIGHBOURS; at < (row + 1) * NEIGHBOURS; at++) {
      const vote = labels[nearest[at] ?? -1] ?? -1;
      if (vote !== -1) votes.set(vote, (votes.get(vote) ?? 0) + 1);
    }
    const own = votes.get(label) ?? 0;
    votes.delete(label);
    return label !== -1 && own <= FEW && Math.max(0, ...votes.values()) >= MOST ? 1 : 0;
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

/**
 * For each block, the share of labels that the nearest rows contradict, beside the share among rows of the same classes
 * in the other blocks: noise and rare classes are contradicted everywhere, a block of flipped labels only there. A class
 * that hardly stands in other blocks cannot be compared and is left out.
 */
export const flippedLabels = (sample: TrainingSample, { nearest }: Neighbours): LabelFigure[] => {
  const { labels, blockNames } = sample;
  if (labels === undefined) return [];
  const { all, byBlock } = tally(sample, labels, contradicted(labels, nearest));
  return byBlock.flatMap((classes, block): LabelFigure[] => {
    let [n, hits, expected] = [0, 0, 0];
    for (const [label, here] of classes.entries()) {
      const elsewhere = (all[label]?.n ?? 0) - here.n;
      if (elsewhere < FEWEST_ROWS) continue;
      const hitsElsewhere = (all[label]?.contradicted ?? 0) - here.contradicted;
      n += here.n;
      hits += here.contradicted;
      expected += here.n * wilsonInterval(hitsElsewhere, elsewhere, USUAL).high;
    }
    if (n < FEWEST_ROWS) return [];
    const interval = wilsonInterval(hits, n, STRICT);
    return [{ block: blockNames[block] ?? '', n, share: hits / n, ...interval, expected: expected / n }];
  });
};
