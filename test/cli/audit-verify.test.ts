import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type AuditRequest, verifyAudit } from '../../cli/audit/verify-audit.ts';
import { EXIT } from '../../cli/outcome.ts';
import { encodeLeaf } from '../../core/audit/leaf.ts';
import { proveInclusion } from '../../core/audit/merkle.ts';
import { verifierKey } from '../../core/audit/note.ts';
import { nodesOf } from '../../core/audit/tile.ts';
import { encodeProof } from '../../core/audit/tlog-proof.ts';
import { logSigner, type MemoryLog, memoryLog, readerOf, someLeaf, someLeaves } from '../support/memory-log.ts';
import { folderOf, quietly } from './folder.ts';

const signer = logSigner();
const key = verifierKey(signer.key);
const logOf = (count: number): MemoryLog => memoryLog(someLeaves(count), signer);
const folderFor = (log: MemoryLog) => folderOf(Object.fromEntries(log.objects));

const proofFrom = async (log: MemoryLog, index: number): Promise<string> => {
  const size = log.hashes.length;
  const hashes = await proveInclusion(nodesOf(readerOf(log), size), index, size);
  return encodeProof({ leaf: encodeLeaf(someLeaf(index)), index, hashes, checkpoint: log.checkpoint });
};

const verified = (request: Omit<AuditRequest, 'key'>) => verifyAudit({ key, ...request }, quietly());

test('a log as it was signed is a yes that says how many leaves it has and of when they are', async () => {
  using folder = folderFor(logOf(300));

  const answer = await verified({ place: folder.dir });

  expect(answer.exitCode).toBe(EXIT.yes);
  expect(answer.document).toMatchObject({ outcome: 'yes', origin: signer.key.name, size: 300, reasons: [] });
  expect(answer.text).toBe(
    `✓ 300 leaves as ${signer.key.name} signed them, logged ${someLeaf(0).loggedAt} to ${someLeaf(299).loggedAt}`,
  );
});

test('a tile that was changed is a no that names it', async () => {
  using folder = folderFor(logOf(300));
  folder.write('tile/1/000.p/1', Buffer.alloc(32));

  const answer = await verified({ place: folder.dir });

  expect(answer.exitCode).toBe(EXIT.no);
  expect(answer.document.reasons.map(({ rule, path }) => [rule, path])).toEqual([['audit.damaged', 'tile/1/000.p/1']]);
});

test('the key may stand in a file, and what is none is a wrong call', async () => {
  using folder = folderFor(logOf(3));
  folder.write('log.vkey', `${key}\n`);

  const fromFile = await verifyAudit({ place: folder.dir, key: join(folder.dir, 'log.vkey') }, quietly());

  expect(fromFile.exitCode).toBe(EXIT.yes);
  await expect(verifyAudit({ place: folder.dir, key: 'nonsense' }, quietly())).rejects.toMatchObject({
    exitCode: EXIT.usage,
    reason: { path: '--key', found: '"nonsense"' },
  });
});

test('a kept checkpoint is borne out, then replaced by the newest; once the log is another one, it stays', async () => {
  using before = folderFor(logOf(10));
  using after = folderFor(logOf(20));
  using forked = folderFor(memoryLog(someLeaves(30).with(4, someLeaf(99)), signer));
  const keep = join(before.dir, 'kept');

  const first = await verified({ place: before.dir, keep });
  const second = await verified({ place: after.dir, keep });
  const third = await verified({ place: forked.dir, keep });

  expect([first, second, third].map(({ exitCode }) => exitCode)).toEqual([EXIT.yes, EXIT.yes, EXIT.no]);
  expect(second.text).toContain('✓ and 1 kept checkpoint borne out');
  expect(third.document.reasons).toContainEqual(expect.objectContaining({ rule: 'audit.forked', path: keep }));
  expect(before.text('kept')).toBe(after.text('checkpoint'));
});

test('a log that ends before its independent copy does is a no', async () => {
  using log = folderFor(logOf(10));
  using copy = folderFor(logOf(11));

  const answer = await verified({ place: log.dir, copy: copy.dir });

  expect(answer.document.reasons).toEqual([expect.objectContaining({ rule: 'audit.shortened', path: copy.dir })]);
});

test('one file proves one fact, with the key and nothing else', async () => {
  using folder = folderOf({ 'fact.tlog-proof': await proofFrom(logOf(300), 271) });

  const answer = await verified({ place: join(folder.dir, 'fact.tlog-proof') });

  expect(answer.exitCode).toBe(EXIT.yes);
  expect(answer.text).toBe(`✓ leaf 271 is registry.version-registered.v1 fact-271, logged ${someLeaf(271).loggedAt}`);
});

test('a proof of a fact that was changed is a no', async () => {
  const proof = await proofFrom(logOf(300), 271);
  const forged = encodeLeaf({ ...someLeaf(271), occurredAt: '2025-01-01T00:00:00.000Z' }).toString('base64');
  using folder = folderOf({ 'forged.tlog-proof': proof.replace(/extra .*/, `extra ${forged}`), 'none.txt': 'hello' });

  const answer = await verified({ place: join(folder.dir, 'forged.tlog-proof') });
  const none = await verified({ place: join(folder.dir, 'none.txt') });

  expect([answer.exitCode, none.exitCode]).toEqual([EXIT.no, EXIT.no]);
  expect(answer.document.reasons[0]).toMatchObject({ rule: 'audit.not-proven' });
});

test('a proof from a log that was rolled back and written anew does not hold against the log that stands', async () => {
  using log = folderFor(memoryLog(someLeaves(400).with(271, someLeaf(999)), signer));
  using proofs = folderOf({ 'fact.tlog-proof': await proofFrom(logOf(300), 271) });
  const file = join(proofs.dir, 'fact.tlog-proof');

  const answer = await verified({ place: log.dir, proofs: [file] });

  expect(answer.exitCode).toBe(EXIT.no);
  expect(answer.document.reasons.map(({ rule, path }) => [rule, path])).toContainEqual(['audit.forked', file]);
});

test('a log is read over HTTP too; a server that fails leaves the question open', async () => {
  const log = logOf(260);
  let isDown = false;
  const server = createServer((request, response) => {
    const bytes = log.objects.get((request.url ?? '').replace('/logs/dev/', ''));
    response.writeHead(isDown ? 503 : bytes === undefined ? 404 : 200).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = `http://127.0.0.1:${(server.address() as AddressInfo).port}/logs/dev/`;

  try {
    const whole = await verified({ place });
    log.objects.delete('tile/entries/001.p/4');
    const torn = await verified({ place });
    isDown = true;

    expect([whole.exitCode, torn.exitCode]).toEqual([EXIT.yes, EXIT.no]);
    expect(torn.document.reasons).toEqual([
      expect.objectContaining({ rule: 'audit.missing', path: 'tile/entries/001.p/4' }),
    ]);
    await expect(verified({ place })).rejects.toMatchObject({ exitCode: EXIT.unknown, reason: { found: 'HTTP 503' } });
  } finally {
    server.close();
  }
});

test('an address that is not read is a wrong call', async () => {
  await expect(verified({ place: 'ftp://logs/dev' })).rejects.toMatchObject({ exitCode: EXIT.usage });
});
