import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBatch } from '../../core/audit/batch.ts';
import { CHECKPOINT, LOG_KEY } from '../../core/audit/contract.ts';
import { Superseded } from '../../core/audit/failures.ts';
import { readLeaf } from '../../core/audit/leaf.ts';
import { sequenceFacts } from '../../core/audit/sequence-facts.ts';
import { decodeEntries, encodeEntries, tileAt, tilePath } from '../../core/audit/tile.ts';
import { verifyLog } from '../../core/audit/verify-log.ts';
import { digestOf } from '../../core/kernel/digest.ts';
import { Killed, killedAt, type MemoryAudit, memoryAudit, someFact, someFacts } from '../support/memory-audit.ts';
import { logSigner } from '../support/memory-log.ts';

const signer = logSigner();

const sequenced = (audit: MemoryAudit) => sequenceFacts(audit.ports)();

/** Runs until nothing waits any more, however often a run gives way to another. */
const settled = async (audit: MemoryAudit): Promise<void> => {
  for (let run = 0; run < 10; run += 1) {
    const { more } = await sequenced(audit);
    if (!more && audit.waiting.size === 0) return;
  }
  throw new Error('facts wait for ever');
};

const logged = async (audit: MemoryAudit): Promise<string[]> => {
  const answer = await verifyLog({ read: audit.read, key: signer.key });
  expect(answer).toMatchObject({ outcome: 'valid', reasons: [] });
  const size = answer.checkpoint?.size ?? 0;
  const ids: string[] = [];
  for (let index = 0; ids.length < size; index += 1) {
    const tile = tileAt('entries', index, size);
    const bundle = tile && (await audit.read(tilePath(tile)));
    ids.push(
      ...(decodeEntries(bundle ?? Buffer.alloc(0), tile?.width ?? 0) ?? []).map((it) => readLeaf(it)?.id ?? '?'),
    );
  }
  return ids;
};

const idsOf = (count: number): string[] => someFacts(count).map(({ id }) => id);

describe('a sequencer', () => {
  test('logs every fact that waits once, in order, under one signature', async () => {
    const audit = memoryAudit(signer);
    audit.tell(someFacts(700));

    const answer = await sequenced(audit);

    expect(answer).toMatchObject({ logged: 700, more: false });
    expect(await logged(audit)).toEqual(idsOf(700));
    expect(audit.waiting.size).toBe(0);
    expect(audit.signatures).toBe(1);
  });

  test('does nothing, and asks for no signature, when nothing waits', async () => {
    const audit = memoryAudit(signer);
    audit.tell(someFacts(3));
    await sequenced(audit);

    const answer = await sequenced(audit);

    expect(answer).toEqual({ logged: 0, more: false, longest: undefined });
    expect(audit.signatures).toBe(1);
  });

  test('goes on from where it was, at any size', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 }), async (steps) => {
        const audit = memoryAudit(signer);
        let told = 0;
        for (const step of steps) {
          audit.tell(someFacts(step, told));
          told += step;
          await sequenced(audit);
        }

        expect(await logged(audit)).toEqual(idsOf(told));
      }),
      { numRuns: 8 },
    );
  });

  test('leaves each fact in full beside the log, and the key of the log', async () => {
    const audit = memoryAudit(signer);
    audit.tell(someFacts(100));

    await sequenced(audit);

    const batches = [...audit.objects].filter(([path]) => path.startsWith('facts/')).sort();
    const details = batches.flatMap(([, bytes]) => decodeBatch(bytes) ?? []).map(({ detail }) => detail);
    expect(batches.map(([path]) => path.slice(0, 18))).toEqual(['facts/000000000000', 'facts/000000000090']);
    expect(details).toEqual(someFacts(100).map(({ detail }) => detail));
    expect(audit.objects.get(LOG_KEY)?.toString()).toContain(signer.key.name);
  });

  test('does not log a fact again that comes back, as an index that lags shows it', async () => {
    const audit = memoryAudit(signer);
    audit.tell(someFacts(5));
    await sequenced(audit);
    audit.forgetMark(someFact(2));
    audit.tell(someFacts(2, 5));

    await sequenced(audit);

    expect(await logged(audit)).toEqual(idsOf(7));
    expect(audit.waiting.size).toBe(0);
  });
});

describe('a sequencer that is killed', () => {
  const calls = async (): Promise<number> => {
    for (let call = 1; ; call += 1) {
      const audit = memoryAudit(signer);
      audit.tell(someFacts(100));
      const done = await sequenceFacts(killedAt(audit.ports, call, 'before'))().then(
        () => true,
        () => false,
      );
      if (done) return call - 1;
    }
  };

  test.each(['before', 'after'] as const)('%s any call of any port loses no fact and logs none twice', async (when) => {
    const count = await calls();
    expect(count).toBeGreaterThan(100);

    for (let call = 1; call <= count; call += 1) {
      const audit = memoryAudit(signer);
      audit.tell(someFacts(200));
      await settled(audit);
      audit.tell(someFacts(100, 200));

      await expect(sequenceFacts(killedAt(audit.ports, call, when))()).rejects.toBeInstanceOf(Killed);
      audit.tell(someFacts(10, 300));
      await settled(audit);

      expect((await logged(audit)).toSorted()).toEqual(idsOf(310));
    }
  });

  test('again and again gets there all the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 250 }), { maxLength: 8 }), async (kills) => {
        const audit = memoryAudit(signer);
        audit.tell(someFacts(150));
        for (const call of kills) await sequenceFacts(killedAt(audit.ports, call, 'after'))().catch(() => {});
        await settled(audit);

        expect((await logged(audit)).toSorted()).toEqual(idsOf(150));
      }),
      { numRuns: 12 },
    );
  });
});

describe('sequencers that run at once', () => {
  test('give out each place once, whoever is faster at each call', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const audit = memoryAudit(signer);
        audit.tell(someFacts(12));
        const { clock, ...ports } = audit.ports;
        const scheduled = Object.fromEntries(
          Object.entries(
            ports as unknown as Record<string, Record<string, (...args: unknown[]) => Promise<unknown>>>,
          ).map(([name, port]) => [
            name,
            Object.fromEntries(
              Object.entries(port).map(([method, run]) => [method, scheduler.scheduleFunction(run)] as const),
            ),
          ]),
        );
        const run = () =>
          sequenceFacts({ ...scheduled, clock } as typeof audit.ports)().catch((cause: unknown) => {
            expect(cause).toBeInstanceOf(Superseded);
          });

        await scheduler.waitFor(Promise.all([run(), run(), run()]));
        await settled(audit);

        expect((await logged(audit)).toSorted()).toEqual(idsOf(12));
      }),
      { numRuns: 20 },
    );
  });
});

describe('a sequencer that finds the log changed', () => {
  const standing = async () => {
    const audit = memoryAudit(signer);
    audit.tell(someFacts(300));
    await settled(audit);
    audit.tell(someFacts(5, 300));
    return audit;
  };

  test.each([
    ['the last tile is gone', (audit: MemoryAudit) => audit.objects.delete('tile/0/001.p/44')],
    ['the last entries are gone', (audit: MemoryAudit) => audit.objects.delete('tile/entries/001.p/44')],
    [
      'the last tile holds other hashes',
      (audit: MemoryAudit) => audit.objects.set('tile/0/001.p/44', Buffer.alloc(44 * 32)),
    ],
    [
      'the last entries are others',
      (audit: MemoryAudit) => {
        const entries = decodeEntries(audit.objects.get('tile/entries/001.p/44') ?? Buffer.alloc(0), 44) ?? [];
        audit.objects.set('tile/entries/001.p/44', encodeEntries(entries.toReversed()));
      },
    ],
    [
      'someone wrote the next tile',
      (audit: MemoryAudit) => audit.objects.set('tile/0/001.p/49', Buffer.alloc(49 * 32)),
    ],
    [
      'the state went back in time',
      (audit: MemoryAudit) => audit.setState({ version: 9, size: 256, root: '', loggedAt: '2026-01-01T00:00:00.000Z' }),
    ],
  ])('because %s, writes no checkpoint', async (_, change) => {
    const audit = await standing();
    const before = await audit.read(CHECKPOINT);
    change(audit);

    await expect(sequenced(audit)).rejects.toMatchObject({ name: 'Audit.LogDiffers' });

    expect(await audit.read(CHECKPOINT)).toEqual(before);
  });
});

test('the digest of a leaf is that of the text that was published', async () => {
  const audit = memoryAudit(signer);
  audit.tell([someFact(1)]);

  await sequenced(audit);

  const [entry] = decodeEntries((await audit.read('tile/entries/000.p/1')) ?? Buffer.alloc(0), 1) ?? [];
  expect(entry && readLeaf(entry)).toMatchObject({
    id: someFact(1).id,
    occurredAt: '2026-01-01T00:00:01.000Z',
    digest: digestOf(someFact(1).detail),
  });
});
