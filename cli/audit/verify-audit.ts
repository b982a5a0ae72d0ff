import { readFile, stat } from 'node:fs/promises';
import { readLeaf } from '../../core/audit/leaf.ts';
import type { NoteKey } from '../../core/audit/note.ts';
import { checkProof, decodeProof } from '../../core/audit/tlog-proof.ts';
import { type LogAnswer, verifyLog } from '../../core/audit/verify-log.ts';
import type { Reason } from '../../core/kernel/reason.ts';
import type { Context } from '../context.ts';
import { reading } from '../files.ts';
import { EXIT, type Outcome } from '../outcome.ts';
import { counted, oneLine, reasonLines } from '../text.ts';
import { readKept, replaceFile } from './kept-checkpoint.ts';
import { readLogKey } from './log-key.ts';
import { logSource } from './log-source.ts';

export type AuditRequest = {
  /** The log, or a file with the proof of one fact. */
  readonly place: string;
  /** The log's key as a text, or the file that holds it. */
  readonly key: string;
  /** Files with checkpoints that were kept. */
  readonly checkpoints?: readonly string[];
  /** Where the independent copy stands. */
  readonly copy?: string | undefined;
  /** Files with proofs that the log has to bear out. */
  readonly proofs?: readonly string[];
  /** A checkpoint file: what it holds is checked, then it holds the newest. */
  readonly keep?: string | undefined;
};

type ProvenFact = {
  readonly file: string;
  readonly index: number;
  readonly id: string;
  readonly type: string;
  readonly loggedAt: string;
};

export type AuditDocument = {
  readonly outcome: 'yes' | 'no';
  readonly origin: string;
  /** Leaves of the log; of the checkpoint that a proof holds, where only a proof is looked at. */
  readonly size?: number;
  /** Base64, as the checkpoint has it. */
  readonly root?: string;
  readonly logged?: { readonly from: string; readonly to: string };
  readonly proofs: readonly ProvenFact[];
  readonly reasons: readonly Reason[];
};

type Proof = { readonly fact?: ProvenFact; readonly checkpoint?: string; readonly reasons: readonly Reason[] };

const lookAtProof = async (file: string, key: NoteKey): Promise<Proof> => {
  const proof = decodeProof(await reading(file, readFile(file, 'utf8')));
  const refused = (message: string): Proof => ({ reasons: [{ rule: 'audit.not-proven', path: file, message }] });
  if (proof === undefined) return refused('this is no proof of one leaf with the leaf in it');
  const leaf = readLeaf(proof.leaf);
  if (checkProof(proof, key) === undefined)
    return refused('its leaf is not in the tree of its checkpoint, or the key given did not sign that checkpoint');
  if (leaf === undefined) return refused('its leaf is not as the sequencer writes leaves');
  const { id, type, loggedAt } = leaf;
  return { fact: { file, index: proof.index, id, type, loggedAt }, checkpoint: proof.checkpoint, reasons: [] };
};

const isProof = async (place: string): Promise<boolean> =>
  (await stat(place).catch(() => undefined))?.isFile() ?? false;

const factLine = ({ index, type, id, loggedAt }: ProvenFact): string =>
  `✓ leaf ${index} is ${oneLine(type)} ${oneLine(id)}, logged ${loggedAt}`;

const textOf = ({ origin, size, logged, proofs, reasons }: AuditDocument, kept: number): string => {
  const facts = proofs.map(factLine);
  if (reasons.length > 0)
    return [
      ...facts,
      `✗ not what ${oneLine(origin)} signed, for ${counted(reasons.length, 'reason')}:`,
      ...reasonLines(reasons),
    ].join('\n');
  if (logged === undefined && size === undefined) return facts.join('\n');
  const when = logged === undefined ? '' : `, logged ${logged.from} to ${logged.to}`;
  const head = `✓ ${counted(size ?? 0, 'leaf').replace(/leafs$/, 'leaves')} as ${oneLine(origin)} signed them${when}`;
  return [...facts, head, ...(kept === 0 ? [] : [`✓ and ${counted(kept, 'kept checkpoint')} borne out`])].join('\n');
};

const answerOf = (document: Omit<AuditDocument, 'outcome'>, kept: number): Outcome<AuditDocument> => {
  const outcome = document.reasons.length === 0 ? 'yes' : 'no';
  const whole = { outcome, ...document } as const;
  return { exitCode: EXIT[outcome], document: whole, text: textOf(whole, kept) };
};

const documentOf = (key: NoteKey, { checkpoint, logged }: LogAnswer) => ({
  origin: key.name,
  ...(checkpoint !== undefined && { size: checkpoint.size, root: checkpoint.root.toString('base64') }),
  ...(logged !== undefined && { logged }),
});

/** Whether a log, or a proof from it, is what the holder of its key signed. Asks nobody but those who keep the bytes. */
export const verifyAudit = async (request: AuditRequest, context: Context): Promise<Outcome<AuditDocument>> => {
  const { place, checkpoints = [], copy, keep } = request;
  const key = await readLogKey(request.key);
  const alone = await isProof(place);
  const looked: Proof[] = [];
  for (const file of [...(alone ? [place] : []), ...(request.proofs ?? [])]) looked.push(await lookAtProof(file, key));
  const proofs = looked.flatMap(({ fact }) => fact ?? []);
  const against = looked.flatMap(({ reasons }) => reasons);
  if (alone) return answerOf({ origin: key.name, proofs, reasons: against }, 0);
  const kept = {
    ...(await readKept({ files: checkpoints, copy, keep, signal: context.signal })),
    ...Object.fromEntries(
      looked.flatMap(({ fact, checkpoint }) => (fact && checkpoint ? [[fact.file, checkpoint] as const] : [])),
    ),
  };
  const { read } = await logSource(place, context.signal);
  const onProgress = (done: number, size: number) => context.progress(`${done} of ${size} leaves`);
  const answer = await verifyLog({ read, key, kept, onProgress });
  const reasons = [...against, ...answer.reasons];
  if (keep !== undefined && reasons.length === 0 && answer.note !== undefined) await replaceFile(keep, answer.note);
  return answerOf({ ...documentOf(key, answer), proofs, reasons }, Object.keys(kept).length);
};
