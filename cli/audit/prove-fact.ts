import type { Leaf } from '../../core/audit/leaf.ts';
import { findLeaf, proverOf } from '../../core/audit/read-leaves.ts';
import { encodeProof } from '../../core/audit/tlog-proof.ts';
import type { Context } from '../context.ts';
import { EXIT, type Outcome } from '../outcome.ts';
import type { Plane } from '../plane.ts';
import { oneLine } from '../text.ts';
import { replaceFile } from './kept-checkpoint.ts';
import { type LogChoice, openLog, readingLog } from './open-log.ts';

export type ProveDocument = {
  readonly outcome: 'yes' | 'no';
  readonly fact: string;
  readonly index?: number;
  readonly leaf?: Leaf;
  /** The text of the proof: a tlog-proof@v1. */
  readonly proof?: string;
  readonly file?: string;
};

type ProveRequest = LogChoice & { readonly fact: string; readonly out: string | undefined };

/** A proof that a fact is in the log, in one file that needs nothing else but the log's key. */
export const proveFact = async (
  { fact, out, ...choice }: ProveRequest,
  plane: Plane,
  { signal, progress }: Context,
): Promise<Outcome<ProveDocument>> => {
  const log = await openLog(choice, plane, signal);
  const { place, head, note, read } = log;
  progress(`looking for ${oneLine(fact)} among ${head.size} leaves`);
  const found = await readingLog(place, findLeaf(read, head.size, fact));
  if (found === undefined)
    return {
      exitCode: EXIT.no,
      document: { outcome: 'no', fact },
      text: `✗ none of the ${head.size} leaves of ${oneLine(head.origin)} is ${oneLine(fact)}`,
    };
  const proof = encodeProof(await readingLog(place, proverOf(read, { note, size: head.size })(found)));
  if (out !== undefined) await replaceFile(out, proof);
  const document = { outcome: 'yes', fact, ...found, proof, ...(out !== undefined && { file: out }) } as const;
  const { index, leaf } = found;
  const text =
    out === undefined ? proof.trimEnd() : `✓ ${out} proves leaf ${index}: ${leaf.type}, logged ${leaf.loggedAt}`;
  return { exitCode: EXIT.yes, document, text };
};
