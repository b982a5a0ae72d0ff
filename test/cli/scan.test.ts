import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, rmSync, symlinkSync, truncateSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../cli/outcome.ts';
import { sarifLog } from '../../cli/scan/sarif.ts';
import { scan } from '../../cli/scan/scan.ts';
import { corpus, safetensors, verdictOf } from '../scanning/support.ts';
import { vectors } from '../support/vectors.ts';
import { folderOf, quietly } from './folder.ts';

const EVIL = 'cposix\nsystem\n(Vid\ntR.';
const CLEAN = '{"answer": 42}';

describe('the files of a scan', () => {
  test('are those given and those found, each with what it is, what it costs to know, and what is wrong with it', async () => {
    using folder = folderOf({ 'a/model.pkl': EVIL, 'a/config.json': CLEAN, 'b.json': CLEAN });

    const { document, exitCode } = await scan(
      { paths: [join(folder.dir, 'a'), join(folder.dir, 'b.json')] },
      quietly(),
    );

    expect(exitCode).toBe(EXIT.no);
    expect(document.unread).toBeUndefined();
    expect(document.files).toEqual([
      expect.objectContaining({ path: `${folder.dir}/a/config.json`, format: 'json', verdict: 'clean', findings: [] }),
      {
        path: `${folder.dir}/a/model.pkl`,
        format: 'pickle',
        verdict: 'malicious',
        size: EVIL.length,
        bytesRead: EVIL.length,
        findings: [
          expect.objectContaining({
            rule: 'pickle.global-dangerous',
            severity: 'critical',
            path: `${folder.dir}/a/model.pkl`,
            offset: 0,
            what: 'imports posix.system',
          }),
        ],
      },
      expect.objectContaining({ path: `${folder.dir}/b.json` }),
    ]);
  });

  test('stand once each, however often they are given, and Git keeps its own', async () => {
    using folder = folderOf({ 'm.json': CLEAN, '.git/objects/pack/p.pack': 'PACK' });

    const { document } = await scan({ paths: [folder.dir, join(folder.dir, 'm.json')] }, quietly());

    expect(document.files.map(({ path }) => path)).toEqual([`${folder.dir}/m.json`]);
  });

  test('are followed through links, as a model cache has them, and round in circles never', async () => {
    using folder = folderOf({ 'blobs/0a1b': EVIL, 'snapshots/main/readme.md': 'hello' });
    symlinkSync('../../blobs/0a1b', join(folder.dir, 'snapshots/main/model.pkl'));
    symlinkSync('..', join(folder.dir, 'snapshots/up'));

    const { document } = await scan({ paths: [join(folder.dir, 'snapshots')] }, quietly());

    expect(document.files.map(({ path, verdict }) => [path.slice(folder.dir.length), verdict])).toContainEqual([
      '/snapshots/main/model.pkl',
      'malicious',
    ]);
    expect(document.files.length).toBeLessThan(5);
  });

  test('that cannot be read leave the question open; the others are told of all the same', async () => {
    using folder = folderOf({ 'm.json': CLEAN });
    symlinkSync('nowhere', join(folder.dir, 'dangling'));
    const missing = join(folder.dir, 'missing.pkl');

    const answer = await scan({ paths: [missing, folder.dir] }, quietly());

    expect(answer.exitCode).toBe(EXIT.unknown);
    expect(answer.document.files).toHaveLength(1);
    expect(answer.document.unread).toEqual([
      { path: missing, problem: 'does not exist' },
      { path: `${folder.dir}/dangling`, problem: 'does not exist' },
    ]);
    expect(answer.text).toContain(`! ${missing} does not exist`);
  });

  test('that are all clean are a yes that says what was read', async () => {
    using folder = folderOf({ 'm.json': CLEAN });

    const { exitCode, text } = await scan({ paths: [folder.dir] }, quietly());

    expect(exitCode).toBe(EXIT.yes);
    expect(text).toMatch(/^✓ 1 file: 1 clean \(14 B, of which 14 B read, \d+\.\d s\)$/);
  });

  test('may use names in pickles that are allowed for this once', async () => {
    using folder = folderOf({ 'm.pkl': Buffer.from('cmycompany.models\nScorer\n)\x81.', 'latin1') });

    const refused = await scan({ paths: [folder.dir] }, quietly());
    const allowed = await scan({ paths: [folder.dir], allow: ['mycompany.models.Scorer'] }, quietly());

    expect([refused.exitCode, allowed.exitCode]).toEqual([EXIT.no, EXIT.yes]);
  });
});

test('every hostile and harmless file of the corpus gets the verdict that it is there for', async () => {
  const known = corpus();
  using folder = folderOf(Object.fromEntries(known.map(({ id, b64 }) => [`${id}.bin`, Buffer.from(b64, 'base64')])));

  const { document } = await scan({ paths: [folder.dir] }, quietly());

  const verdicts = document.files.map(({ path, verdict }) => [path.slice(folder.dir.length + 1), verdict]);
  expect(Object.fromEntries(verdicts)).toEqual(
    Object.fromEntries(known.map((vector) => [`${vector.id}.bin`, verdictOf(vector)])),
  );
});

describe('a file of which only the header matters', () => {
  const dir = mkdtempSync(join(tmpdir(), 'clearance-sparse-'));
  const sparse = (name: string, size: number, head: Uint8Array): string => {
    const file = join(dir, name);
    writeSync(openSync(file, 'w'), head);
    truncateSync(file, size);
    return file;
  };

  test('is not read to its end: 50 GB of safetensors', async () => {
    const size = 50e9;
    const head = safetensors({ w: { dtype: 'U8', shape: [size], data_offsets: [0, size] } });
    const file = sparse('model.safetensors', head.length + size, head);

    try {
      const { document } = await scan({ paths: [file] }, quietly());

      expect(document.files).toMatchObject([{ format: 'safetensors', verdict: 'clean', size: head.length + size }]);
      expect(document.files[0]?.bytesRead).toBeLessThan(10e6);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

describe('the findings for a code-scanning service', () => {
  const schema = vectors<Record<string, unknown>>('sarif-2.1.0');
  // The schema is of draft 4, of which Ajv takes all but the two keywords that name it.
  const { $schema: _, id: __, ...definitions } = schema;
  const isSarif = new Ajv({ strict: false, validateFormats: false }).compile(definitions);

  const sarifOf = async (files: Readonly<Record<string, string>>) => {
    using folder = folderOf(files);
    const { document } = await scan({ paths: [folder.dir, join(folder.dir, 'gone')] }, quietly());
    return sarifLog(document, folder.dir);
  };

  test('are SARIF 2.1.0 as OASIS has it, in the form that GitHub shows', async () => {
    const log = await sarifOf({ 'a b/model.pkl': EVIL, 'c.json': CLEAN });

    expect(isSarif(log), JSON.stringify(isSarif.errors)).toBe(true);
    expect(log.runs[0]?.results).toMatchObject([
      {
        ruleId: 'pickle.global-dangerous',
        ruleIndex: 0,
        level: 'error',
        message: { text: expect.stringContaining('imports posix.system (byte 0)') },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'a%20b/model.pkl', uriBaseId: '%SRCROOT%' },
              region: { startLine: 1 },
            },
          },
        ],
        partialFingerprints: { 'clearanceFinding/v1': expect.stringMatching(/^[0-9a-f]{32}$/) },
      },
    ]);
    expect(log.runs[0]?.tool.driver.rules).toMatchObject([
      { id: 'pickle.global-dangerous', help: { markdown: expect.stringContaining('**Fix:**') } },
    ]);
    expect(log.runs[0]?.invocations[0]).toMatchObject({ executionSuccessful: false });
  });

  test('without findings are a log all the same, so that old alerts are closed', async () => {
    const log = sarifLog({ files: [] }, '/');

    expect(isSarif(log)).toBe(true);
    expect(log.runs[0]?.results).toEqual([]);
  });

  test('are written beside the answer', () => {
    using folder = folderOf({ 'm.pkl': EVIL });
    const out = join(folder.dir, 'out.sarif');

    const answer = (): string =>
      execFileSync(
        process.execPath,
        ['cli/clearance.mjs', 'scan', '--json', '--sarif', out, join(folder.dir, 'm.pkl')],
        {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );

    expect(answer).toThrow(expect.objectContaining({ status: EXIT.no }));
    expect(existsSync(out)).toBe(true);
    expect(JSON.parse(folder.text('out.sarif'))).toMatchObject({ version: '2.1.0' });
  });
});
