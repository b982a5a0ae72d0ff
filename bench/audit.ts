import { appendEntries, type LogTail } from '../core/audit/append-entries.ts';
import { type BatchLine, batchOf, decodeBatch, encodeBatch, entriesOf } from '../core/audit/batch.ts';
import { EMPTY_ROOT, leafHash, nodeHash } from '../core/audit/merkle.ts';
import type { LogObjects, QueuedFact } from '../core/audit/ports.ts';
import { EMPTY_EDGE, rootOfEdge } from '../core/audit/tree-edge.ts';
import { digestOf } from '../core/kernel/digest.ts';
import type { Benchmark, Cell } from './report.ts';
import { median, times } from './sample.ts';

const LEAVES = 45_000;
const ROUNDS = 5;
/** What the sequencer settles in one transaction of DynamoDB, and what a log that is filled from elsewhere could take. */
const BATCHES = [90, 4_500];

const LOGGED_AT = '2026-11-30T09:00:00.000Z';

/** Of the size that the registration of a version has. */
const fact = (at: number): QueuedFact => ({
  id: digestOf(`fact ${at}`),
  type: 'registry.version-registered.v1',
  detail: JSON.stringify({
    model: 'iris-forest',
    version: `1.0.${at}`,
    root: digestOf(String(at)),
    occurredAt: new Date(Date.UTC(2026, 10, 1) + at * 1000).toISOString(),
    evidence: { digest: digestOf(`evidence ${at}`), key: `intake/iris-forest/1.0.${at}/decision.json` },
  }),
  since: LOGGED_AT,
  place: 'memory',
});

const memory = (): LogObjects => {
  const objects = new Map<string, Buffer>();
  return {
    read: async (path) => objects.get(path),
    putOnce: async (path, bytes) => {
      const standing = objects.get(path) ?? Buffer.from(bytes);
      objects.set(path, standing);
      return standing;
    },
  };
};

const groupsOf = <Item>(items: readonly Item[], size: number): Item[][] =>
  times(Math.ceil(items.length / size)).map((at) => items.slice(at * size, (at + 1) * size));

type Work = (group: number) => unknown;

/** Leaves a second of `work` over all groups. */
const rate = async (groups: number, work: Work): Promise<number> => {
  const began = performance.now();
  for (const group of times(groups)) await work(group);
  return LEAVES / ((performance.now() - began) / 1000);
};

/** Appends group after group to a log that begins empty. */
const appending = (entries: readonly (readonly Buffer[])[]): Work => {
  const objects = memory();
  let tail: LogTail = { edge: EMPTY_EDGE, entries: [] };
  return async (group) => {
    tail = await appendEntries(objects, tail, entries[group] ?? []);
    return rootOfEdge(tail.edge);
  };
};

/** One leaf and one inner node for each leaf: what no tree of this kind can do without. */
const floor = (entries: readonly (readonly Buffer[])[]): Work => {
  let node = EMPTY_ROOT;
  return (group) => {
    for (const entry of entries[group] ?? []) node = nodeHash(node, leafHash(entry));
  };
};

const measured = async (batch: number): Promise<Cell[][]> => {
  const facts = groupsOf(times(LEAVES).map(fact), batch);
  const batches = facts.map((group) => batchOf(group, LOGGED_AT));
  const entries = batches.map(entriesOf);
  const parts: readonly (readonly [string, () => Work])[] = [
    ['SHA-256 alone: a leaf and a node for each', () => floor(entries)],
    ['append: hash, grow the tree, write tiles', () => appending(entries)],
    ['encode leaves as canonical JSON', () => (group) => entriesOf(batches[group] as BatchLine[])],
    [
      'encode, and append',
      () => {
        const append = appending(entries);
        return (group) => {
          entriesOf(batches[group] as BatchLine[]);
          return append(group);
        };
      },
    ],
    [
      'write the batch of facts in full and read it back',
      () => (group) => decodeBatch(encodeBatch(batchOf(facts[group] ?? [], LOGGED_AT))),
    ],
  ];
  const rows: Cell[][] = [];
  for (const [name, make] of parts) {
    const rates: number[] = [];
    for (const _ of times(ROUNDS)) rates.push(await rate(facts.length, make()));
    rows.push([name, batch, median(rates)]);
  }
  return rows;
};

/** How many leaves a second one core appends, without what S3, DynamoDB and KMS take. */
export const audit: Benchmark = async () => {
  const rows: Cell[][] = [];
  for (const batch of BATCHES) rows.push(...(await measured(batch)));
  return {
    tables: [
      {
        title: `The audit log, ${LEAVES.toLocaleString('en-US')} leaves into an empty log in memory, medians of ${ROUNDS}`,
        columns: ['work', 'leaves in a batch', 'leaves/s'],
        rows,
      },
    ],
    notes: [
      'One thread. A run reads the end of the log once; each batch writes the tiles that grew, which the next one writes again.',
      'The tree is signed once in a run of the sequencer, whatever the number of leaves; that is KMS and is not in here.',
    ],
  };
};
