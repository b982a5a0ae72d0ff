import type { Clock } from '../kernel/clock.ts';
import { concurrently } from '../kernel/concurrently.ts';
import { appendEntries, type LogTail, readTail } from './append-entries.ts';
import { batchOf, batchPath, decodeBatch, encodeBatch, entriesOf } from './batch.ts';
import { checkpointText, openCheckpoint } from './checkpoint.ts';
import { LOG_KEY } from './contract.ts';
import { LogDiffers, Superseded } from './failures.ts';
import { signedNote, verifierKey } from './note.ts';
import type {
  CheckpointObject,
  FactQueue,
  Intent,
  LogObjects,
  LogSigner,
  LogState,
  LogStates,
  QueuedFact,
} from './ports.ts';
import { rootOfEdge } from './tree-edge.ts';

export type SequencerPorts = {
  readonly queue: FactQueue;
  readonly states: LogStates;
  readonly objects: LogObjects;
  readonly checkpoint: CheckpointObject;
  readonly signer: LogSigner;
  readonly clock: Clock;
};

type Run = {
  readonly logged: number;
  /** Whether facts are left that wait. */
  readonly more: boolean;
  /** Milliseconds that the fact that waited longest did. */
  readonly longest: number | undefined;
};

/** The places of a batch are settled in one transaction, which takes a hundred items with the state. */
const BATCH = 90;
/** A run ends, and signs, before its time is over; what is left wakes the next one. */
const MOST_BATCHES = 20;
const WIDTH = 16;

/** The state of the log, and its end where this run has seen it: the next batch goes on from there without a look at it. */
type Log = { readonly state: LogState; readonly tail?: LogTail };

/**
 * Finishes what a run settled, this one or one that died: the batch says every byte.
 * @throws LogDiffers
 */
const finish = async ({ objects, states }: SequencerPorts, { state, tail }: Log, intent: Intent): Promise<Log> => {
  const bytes = await objects.read(intent.batch);
  const lines = bytes && decodeBatch(bytes);
  if (lines === undefined || lines.length !== intent.to - intent.from || intent.from !== state.size)
    throw new LogDiffers(`${intent.batch} is not the batch of leaves ${intent.from} to ${intent.to}`);
  const grown = await appendEntries(objects, tail ?? (await readTail(objects, state)), entriesOf(lines));
  const next = { size: intent.to, root: rootOfEdge(grown.edge).toString('base64'), loggedAt: state.loggedAt };
  if (!(await states.change(next, state))) throw new Superseded('another run finished these leaves');
  return { state: { ...next, version: state.version + 1 }, tail: grown };
};

/** Facts that have their place already are told so: a run died between giving it and saying so. */
const notYetPlaced = async ({ queue, states }: SequencerPorts, facts: readonly QueuedFact[]): Promise<QueuedFact[]> => {
  const places = await states.placesOf(facts.map(({ id }) => id));
  const placed = facts.filter(({ id }) => places.has(id));
  await concurrently(placed, WIDTH, (fact) => queue.markLogged(fact, places.get(fact.id) ?? 0));
  const seen = new Set<string>();
  return facts.filter(({ id }) => !places.has(id) && !seen.has(id) && seen.add(id));
};

/** Settles the places of these facts, then writes them. */
const append = async (ports: SequencerPorts, log: Log, facts: readonly QueuedFact[]): Promise<Log> => {
  const { state } = log;
  const { clock, objects, queue, states } = ports;
  const now = clock.now().toISOString();
  const loggedAt = now < state.loggedAt ? state.loggedAt : now;
  const bytes = encodeBatch(batchOf(facts, loggedAt));
  const batch = batchPath(state.size, bytes);
  await objects.putOnce(batch, bytes);
  const intent = { from: state.size, to: state.size + facts.length, batch };
  const places = new Map(facts.map(({ id }, at) => [id, state.size + at]));
  const settled = { size: state.size, root: state.root, loggedAt, intent };
  if (!(await states.change(settled, state, places))) throw new Superseded('another run gave out the places');
  const next = await finish(ports, { ...log, state: { ...settled, version: state.version + 1 } }, intent);
  await concurrently(facts, WIDTH, (fact) => queue.markLogged(fact, places.get(fact.id) ?? 0));
  return next;
};

/** The tree of the state, signed, unless it is already. Never a smaller one, and never another one of the same size. */
const signTree = async ({ checkpoint, objects, signer }: SequencerPorts, state: LogState): Promise<void> => {
  const key = await signer.key();
  const root = Buffer.from(state.root, 'base64');
  const standing = await checkpoint.find();
  const before = standing && openCheckpoint(standing.note, key);
  if (standing !== undefined && before === undefined) throw new LogDiffers('the checkpoint is not one of this key');
  if (before !== undefined && before.size > state.size)
    throw new LogDiffers(`${before.size} leaves were signed, and the state of the log knows of ${state.size}`);
  if (before?.size === state.size) {
    if (!before.root.equals(root)) throw new LogDiffers(`another tree of ${state.size} leaves was signed`);
    return;
  }
  if (standing === undefined) await objects.putOnce(LOG_KEY, Buffer.from(`${verifierKey(key)}\n`));
  const text = checkpointText({ origin: key.name, size: state.size, root });
  const note = signedNote(text, key, await signer.sign(text));
  if (!(await checkpoint.replace(note, standing))) throw new Superseded('another run signed a checkpoint');
};

/**
 * Appends every fact that waits, and signs once. Only the state decides: it changes by condition, so of two runs one
 * gives out places, and whatever either writes afterwards is the same. A run that dies anywhere is finished by the next.
 * @throws LogDiffers, Superseded, LogKeyUnusable
 */
export const sequenceFacts = (ports: SequencerPorts) => async (): Promise<Run> => {
  const found = await ports.states.read();
  let log: Log = found.intent === undefined ? { state: found } : await finish(ports, { state: found }, found.intent);
  const from = log.state.size;
  let more = true;
  let longest: number | undefined;
  for (let batch = 0; more && batch < MOST_BATCHES; batch += 1) {
    const waiting = await ports.queue.oldest(BATCH);
    const facts = await notYetPlaced(ports, waiting);
    if (facts.length > 0) {
      log = await append(ports, log, facts);
      const loggedAt = Date.parse(log.state.loggedAt);
      longest = Math.max(longest ?? 0, ...facts.map(({ since }) => loggedAt - Date.parse(since)));
    }
    more = waiting.length === BATCH;
  }
  if (log.state.size > 0) await signTree(ports, log.state);
  return { logged: log.state.size - from, more, longest };
};
