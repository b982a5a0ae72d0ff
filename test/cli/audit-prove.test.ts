import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { completeLog } from '../../cli/audit/complete-log.ts';
import { exportLog } from '../../cli/audit/export-log.ts';
import { proveFact } from '../../cli/audit/prove-fact.ts';
import { verifyAudit } from '../../cli/audit/verify-audit.ts';
import { EXIT } from '../../cli/outcome.ts';
import type { Plane } from '../../cli/plane.ts';
import { CHECKPOINT } from '../../core/audit/contract.ts';
import { verifierKey } from '../../core/audit/note.ts';
import { sequenceFacts } from '../../core/audit/sequence-facts.ts';
import { factId } from '../../core/kernel/fact.ts';
import { registry } from '../../core/registry/contract.ts';
import { memoryAudit, someFact, someFacts } from '../support/memory-audit.ts';
import { logSigner } from '../support/memory-log.ts';
import { toldPlane } from '../support/told-plane.ts';
import { folderOf, quietly } from './folder.ts';

const signer = logSigner();
const key = verifierKey(signer.key);
const { plane: nobody } = toldPlane({});

/** The log of these facts as its sequencer leaves it, in a folder. */
const logOf = async (facts: ReturnType<typeof someFacts>) => {
  const audit = memoryAudit(signer);
  audit.tell(facts);
  await sequenceFacts(audit.ports)();
  const checkpoint = (await audit.read(CHECKPOINT)) ?? Buffer.alloc(0);
  return folderOf({ ...Object.fromEntries(audit.objects), [CHECKPOINT]: checkpoint });
};

describe('proving a fact', () => {
  test('gives one file that verifies with the key alone', async () => {
    using log = await logOf(someFacts(600));
    const out = join(log.dir, 'fact.tlog-proof');

    const answer = await proveFact({ fact: someFact(300).id, log: log.dir, key: undefined, out }, nobody, quietly());
    const verified = await verifyAudit({ place: out, key }, quietly());

    expect(answer.document).toMatchObject({ outcome: 'yes', index: 300, leaf: { id: someFact(300).id }, file: out });
    expect(verified).toMatchObject({ exitCode: EXIT.yes, document: { proofs: [{ index: 300 }] } });
  });

  test('that was never logged is a no', async () => {
    using log = await logOf(someFacts(3));

    const answer = await proveFact({ fact: 'unknown', log: log.dir, key, out: undefined }, nobody, quietly());

    expect(answer.exitCode).toBe(EXIT.no);
  });

  test('is refused with the key of another log, and where there is no log', async () => {
    using log = await logOf(someFacts(3));
    const other = verifierKey(logSigner().key);

    const ask = (place: string, by: string) =>
      proveFact({ fact: someFact(1).id, log: place, key: by, out: undefined }, nobody, quietly());

    await expect(ask(log.dir, other)).rejects.toMatchObject({ exitCode: EXIT.unknown });
    await expect(ask(join(log.dir, 'none'), key)).rejects.toMatchObject({ exitCode: EXIT.unknown });
  });

  test('leaves the question open when the log lacks what it promises', async () => {
    using log = await logOf(someFacts(3));
    log.write('tile/0/000.p/3', '');

    const asked = proveFact({ fact: someFact(1).id, log: log.dir, key, out: undefined }, nobody, quietly());

    await expect(asked).rejects.toMatchObject({ exitCode: EXIT.unknown });
  });
});

describe('exporting a log', () => {
  test('gives each fact in full, with a proof that stands for itself', async () => {
    using log = await logOf(someFacts(300));
    const out = join(log.dir, 'facts.jsonl');

    const answer = await exportLog({ log: log.dir, key, out }, nobody, quietly());

    const lines = log.text('facts.jsonl').trimEnd().split('\n');
    const last = JSON.parse(lines.at(-1) ?? '') as { index: number; detail: unknown; proof: string };
    log.write('last.tlog-proof', last.proof);
    const proof = await verifyAudit({ place: join(log.dir, 'last.tlog-proof'), key }, quietly());
    expect(answer.document).toEqual({ facts: 300, withoutDetail: 0, file: out });
    expect(lines).toHaveLength(300);
    expect(last).toMatchObject({ index: 299, detail: { at: 299 } });
    expect(proof.exitCode).toBe(EXIT.yes);
  });

  test('of a period has what was logged in it, and nothing else', async () => {
    using log = await logOf(someFacts(1000));
    const whole = await exportLog({ log: log.dir, key, out: undefined }, nobody, quietly());
    const times = whole.text
      .split('\n')
      .map((line) => (JSON.parse(line) as { leaf: { loggedAt: string } }).leaf.loggedAt);
    const [from = '', to = ''] = [times[300], times[900]];

    const part = await exportLog({ log: log.dir, key, out: undefined, from, to }, nobody, quietly());

    expect(part.document.facts).toBe(times.filter((at) => at >= from && at < to).length);
    expect(part.document.facts).toBeGreaterThan(0);
    expect(part.document.facts).toBeLessThan(1000);
  });

  test('says of how many facts the details are gone', async () => {
    using log = await logOf(someFacts(5));
    const [, batch = ''] = /(facts\/[^"]+)/.exec(JSON.stringify(await listed(log.dir))) ?? [];
    log.write(batch, '');

    const answer = await exportLog({ log: log.dir, key, out: undefined }, nobody, quietly());

    expect(answer.document).toEqual({ facts: 5, withoutDetail: 5 });
  });
});

const listed = async (dir: string): Promise<string[]> => {
  const { readdir } = await import('node:fs/promises');
  return (await readdir(join(dir, 'facts'))).map((name) => `facts/${name}`);
};

describe('comparing registry and log (X6)', () => {
  const { versionRegistered } = registry.events;
  const logged = (...versions: string[]) =>
    logOf(
      versions.map((version, at) => ({
        ...someFact(at),
        id: factId(versionRegistered, 'iris', version),
        type: versionRegistered.type,
      })),
    );
  const registered = (...versions: string[]): Plane =>
    toldPlane(
      { models: [{ model: 'iris' }] },
      { versions: versions.map((version) => ({ model: 'iris', version, registeredAt: '2026-01-01T00:00:00.000Z' })) },
    ).plane;
  const compared = (log: string, plane: Plane, now = '2026-06-01T00:00:00.000Z') =>
    completeLog({ log, key }, { plane, now: () => new Date(now) }, quietly());

  test('finds nothing where both know of the same versions', async () => {
    using log = await logged('1.0.0', '1.1.0');

    const answer = await compared(log.dir, registered('1.0.0', '1.1.0'));

    expect(answer.document).toEqual({ outcome: 'yes', versions: 2, leaves: 2, reasons: [] });
  });

  test('finds a version that was never logged, and one that was never registered', async () => {
    using log = await logged('1.0.0', '6.6.6');

    const answer = await compared(log.dir, registered('1.0.0', '1.1.0'));

    expect(answer.exitCode).toBe(EXIT.no);
    expect(answer.document.reasons.map(({ rule, path }) => [rule, path])).toEqual([
      ['audit.not-logged', 'iris 1.1.0'],
      ['audit.not-registered', factId(versionRegistered, 'iris', '6.6.6')],
    ]);
  });

  test('lets a version wait that was registered this minute', async () => {
    using log = await logged('1.0.0');

    const answer = await compared(log.dir, registered('1.0.0', '1.1.0'), '2026-01-01T00:00:30.000Z');

    expect(answer.exitCode).toBe(EXIT.yes);
  });
});
