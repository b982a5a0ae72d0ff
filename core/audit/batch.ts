import { z } from 'zod';
import { digestOf, hexOf } from '../kernel/digest.ts';
import { encodeLeaf, Leaf } from './leaf.ts';
import type { QueuedFact } from './ports.ts';

/** Facts that got their places together, each with the leaf that stands for it: what the log says, in full. */
const BatchLine = z.strictObject({ leaf: Leaf, detail: z.string() });
export type BatchLine = z.infer<typeof BatchLine>;

const Occurred = z.object({ occurredAt: z.iso.datetime() });

const occurredAt = (detail: string): string | null => {
  const told = Occurred.safeParse(JSON.parse(detail));
  return told.success ? told.data.occurredAt : null;
};

export const batchOf = (facts: readonly QueuedFact[], loggedAt: string): BatchLine[] =>
  facts.map(({ id, type, detail }) => ({
    leaf: { id, type, occurredAt: occurredAt(detail), loggedAt, digest: digestOf(detail) },
    detail,
  }));

/** JSON Lines, in the order of the leaves. */
export const encodeBatch = (lines: readonly BatchLine[]): Buffer =>
  Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));

/** By its first leaf, so that a listing is in order, and by its content, so that a run that lost leaves no trap. */
export const batchPath = (from: number, bytes: Uint8Array): string =>
  `facts/${String(from).padStart(12, '0')}-${hexOf(digestOf(bytes)).slice(0, 16)}.jsonl`;

/** The lines of a batch, or nothing for bytes that `encodeBatch` did not write or a detail that is not the leaf's. */
export const decodeBatch = (bytes: Uint8Array): BatchLine[] | undefined => {
  try {
    const lines = Buffer.from(bytes).toString('utf8').split('\n').slice(0, -1);
    const decoded = lines.map((line) => BatchLine.parse(JSON.parse(line)));
    return decoded.every(({ leaf, detail }) => leaf.digest === digestOf(detail)) ? decoded : undefined;
  } catch {
    return undefined;
  }
};

export const entriesOf = (lines: readonly BatchLine[]): Buffer[] => lines.map(({ leaf }) => encodeLeaf(leaf));
