import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { type BatchLine, decodeBatch } from '../../core/audit/batch.ts';
import { leavesLogged, type Period, type PlacedLeaf, proverOf } from '../../core/audit/read-leaves.ts';
import { encodeProof } from '../../core/audit/tlog-proof.ts';
import type { Context } from '../context.ts';
import { reading } from '../files.ts';
import { EXIT, type Outcome } from '../outcome.ts';
import type { Plane } from '../plane.ts';
import { counted } from '../text.ts';
import type { LogSource } from './log-source.ts';
import { type LogChoice, openLog, readingLog } from './open-log.ts';

type ExportRequest = LogChoice & Period & { readonly out: string | undefined };

export type ExportDocument = {
  readonly facts: number;
  /** Facts whose detail is not beside the log any more, or cannot be listed. */
  readonly withoutDetail: number;
  readonly file?: string;
};

const BATCHES = 'facts/';

/** The details of facts, one batch at a time: leaves come in the order in which their batches were written. */
const detailsOf = async ({ list, read }: LogSource) => {
  const paths = (await list(BATCHES)) ?? [];
  const firsts = paths.map((path) => Number.parseInt(path.slice(BATCHES.length), 10));
  let lines = new Map<string, BatchLine>();
  let loaded = -1;
  return async ({ index, leaf }: PlacedLeaf): Promise<string | undefined> => {
    const first = firsts.findLast((each) => each <= index);
    if (first !== undefined && first !== loaded) {
      // A run that lost may have left a batch of its own for the same place; only one holds the leaves that stand.
      const bytes = await Promise.all(paths.filter((_, at) => firsts[at] === first).map(read));
      lines = new Map(
        bytes.flatMap((each) => (each && decodeBatch(each)) ?? []).map((line) => [line.leaf.id, line] as const),
      );
      loaded = first;
    }
    const line = lines.get(leaf.id);
    return line?.leaf.digest === leaf.digest ? line.detail : undefined;
  };
};

type Sink = { write(line: string): Promise<void>; close(): Promise<void> };

/** The file holds everything or does not exist. */
const fileSink = (out: string): Sink => {
  const beside = `${out}.new`;
  const file = createWriteStream(beside);
  const closed = once(file, 'close');
  closed.catch(() => {});
  return {
    write: async (line) => {
      if (!file.write(line)) await Promise.race([once(file, 'drain'), closed]);
    },
    close: async () => {
      file.end();
      await closed;
      await rename(beside, out);
    },
  };
};

/** JSON Lines: each fact of a period with its detail, its leaf, and a proof that stands for itself. */
export const exportLog = async (
  { out, from, to, ...choice }: ExportRequest,
  plane: Plane,
  { signal, progress }: Context,
): Promise<Outcome<ExportDocument>> => {
  const log = await openLog(choice, plane, signal);
  const { place, head, note, read } = log;
  const prove = proverOf(read, { note, size: head.size });
  const detailOf = await detailsOf(log);
  const lines: string[] = [];
  const sink = out === undefined ? undefined : fileSink(out);
  let facts = 0;
  let withoutDetail = 0;
  const writeAll = async (): Promise<void> => {
    for await (const placed of leavesLogged(read, head.size, { from, to })) {
      signal.throwIfAborted();
      const detail = await detailOf(placed);
      if (detail === undefined) withoutDetail += 1;
      const told = detail === undefined ? {} : { detail: JSON.parse(detail) as unknown };
      const line = JSON.stringify({ ...placed, ...told, proof: encodeProof(await prove(placed)) });
      if (sink === undefined) lines.push(line);
      else await sink.write(`${line}\n`);
      facts += 1;
      progress(`${facts} facts`);
    }
    await sink?.close();
  };
  await reading(out ?? place, readingLog(place, writeAll()));
  const gaps = withoutDetail === 0 ? '' : `, ${withoutDetail} of them without detail`;
  const text =
    out === undefined ? lines.join('\n') : `✓ ${out} has ${counted(facts, 'fact')}${gaps}, each with its proof`;
  return { exitCode: EXIT.yes, document: { facts, withoutDetail, ...(out !== undefined && { file: out }) }, text };
};
