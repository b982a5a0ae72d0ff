import { CHECKPOINT } from '../../core/audit/contract.ts';
import { EMPTY_ROOT } from '../../core/audit/merkle.ts';
import type { LogState, LogStates, QueuedFact } from '../../core/audit/ports.ts';
import type { SequencerPorts } from '../../core/audit/sequence-facts.ts';
import type { LogSigner as TestSigner } from './memory-log.ts';

export const someFact = (at: number): QueuedFact => ({
  id: `fact-${String(at).padStart(5, '0')}`,
  type: 'registry.version-registered.v1',
  detail: JSON.stringify({ at, occurredAt: new Date(Date.UTC(2026, 0, 1) + at * 1000).toISOString() }),
  since: new Date(Date.UTC(2026, 0, 1) + at * 1000).toISOString(),
  place: 'memory',
});

export const someFacts = (count: number, from = 0): QueuedFact[] =>
  Array.from({ length: count }, (_, at) => someFact(from + at));

/** Everything that a sequencer keeps outside itself, so that what one run leaves behind is what the next one finds. */
export const memoryAudit = (signer: TestSigner) => {
  const waiting = new Map<string, QueuedFact>();
  const places = new Map<string, number>();
  const objects = new Map<string, Buffer>();
  const batches: number[] = [];
  let state: LogState = { version: 0, size: 0, root: EMPTY_ROOT.toString('base64'), loggedAt: '' };
  let checkpoint: { note: string; tag: string } | undefined;
  let at = Date.UTC(2026, 5, 1);
  let signatures = 0;

  const states: LogStates = {
    read: async () => state,
    change: async (next, seen, given = new Map()) => {
      if (state.version !== seen.version) return false;
      for (const id of given.keys()) if (places.has(id)) return false;
      for (const [id, place] of given) places.set(id, place);
      if (given.size > 0) batches.push(given.size);
      state = { ...next, version: seen.version + 1 };
      return true;
    },
    placesOf: async (ids) => new Map(ids.flatMap((id) => (places.has(id) ? [[id, places.get(id) ?? 0] as const] : []))),
  };

  const ports: SequencerPorts = {
    queue: {
      oldest: async (limit) => [...waiting.values()].slice(0, limit),
      markLogged: async ({ id }) => void waiting.delete(id),
    },
    states,
    objects: {
      read: async (path) => (path === CHECKPOINT ? undefined : objects.get(path)),
      putOnce: async (path, bytes) => {
        const standing = objects.get(path) ?? Buffer.from(bytes);
        objects.set(path, standing);
        return standing;
      },
    },
    checkpoint: {
      find: async () => checkpoint,
      replace: async (note, seen) => {
        if (checkpoint?.tag !== seen?.tag) return false;
        checkpoint = { note, tag: `tag-${Number(checkpoint?.tag.slice(4) ?? 0) + 1}` };
        return true;
      },
    },
    signer: {
      key: async () => signer.key,
      sign: async (text) => {
        signatures += 1;
        const encoded = signer.sign(text).trimEnd().split(' ').at(-1) ?? '';
        return Buffer.from(encoded, 'base64').subarray(4);
      },
    },
    // The clock of a machine, which goes back a little now and then.
    clock: {
      now: () => {
        at += signatures % 2 === 0 ? 40 : -10;
        return new Date(at);
      },
    },
  };

  return {
    ports,
    objects,
    waiting,
    tell: (facts: readonly QueuedFact[]) => {
      for (const fact of facts) waiting.set(fact.id, fact);
    },
    /** As if the queue had not heard yet that a fact is logged. */
    forgetMark: (fact: QueuedFact) => waiting.set(fact.id, fact),
    setState: (next: LogState) => {
      state = next;
    },
    read: async (path: string): Promise<Uint8Array | undefined> =>
      path === CHECKPOINT ? checkpoint && Buffer.from(checkpoint.note) : objects.get(path),
    get signatures() {
      return signatures;
    },
  };
};

export type MemoryAudit = ReturnType<typeof memoryAudit>;

export class Killed extends Error {}

type Ports = Record<string, Record<string, (...args: unknown[]) => Promise<unknown>>>;

/** The ports of a run that is killed at one of its calls, before or after it took effect. */
export const killedAt = (ports: SequencerPorts, call: number, when: 'before' | 'after'): SequencerPorts => {
  let calls = 0;
  const { clock, ...rest } = ports;
  const killing = Object.entries(rest as unknown as Ports).map(([name, port]) => [
    name,
    Object.fromEntries(
      Object.entries(port).map(([method, run]) => [
        method,
        async (...args: unknown[]) => {
          calls += 1;
          // A dead process does nothing more, whatever else it had under way.
          if (calls > call || (calls === call && when === 'before')) throw new Killed();
          const result = await run(...args);
          if (calls === call) throw new Killed();
          return result;
        },
      ]),
    ),
  ]);
  return { ...Object.fromEntries(killing), clock } as SequencerPorts;
};
