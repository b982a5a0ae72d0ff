import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyBundle } from '../../core/signing/verify-bundle.ts';
import { stockTool, verifyWithStockTool } from '../../local/stock-tools.ts';
import { resourcesOf, signFiles } from '../support/signed-model.ts';

/** Names that sort differently by code point, by path component and by UTF-16 unit; an empty file; a large one. */
const FILES: Record<string, string | Uint8Array> = {
  'manifest.json': '{"model":"iris","version":"3"}',
  'a/z': 'y',
  'a-b.txt': 'x',
  'a.txt': 'hello',
  'empty.bin': '',
  'sub/deeper/péché \u{1f602}.bin': 'é',
  'sub/\ufb33': 'dalet',
  'weights.bin': new Uint8Array(3 * 1024 ** 2).fill(7),
};

const workshop = mkdtempSync(join(tmpdir(), 'clearance-stock-'));
afterAll(() => rmSync(workshop, { recursive: true, force: true }));

const write = (folder: string, files: Record<string, string | Uint8Array>): void => {
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
};

describe('a bundle of ours, before the stock model_signing', () => {
  const folder = join(workshop, '3');
  const publicKey = join(workshop, 'key.pem');
  let signed: Awaited<ReturnType<typeof signFiles>>;

  beforeAll(async () => {
    signed = await signFiles(FILES);
    write(folder, { ...FILES, 'model.sig': signed.bundle });
    writeFileSync(publicKey, signed.publicKeyPem);
    await stockTool('model-signing');
  });

  /** Both verdicts on a copy of the folder with these files written over it or added. */
  const verdicts = async (changes: Record<string, string | Uint8Array>) => {
    const copy = mkdtempSync(join(workshop, 'copy-'));
    cpSync(folder, copy, { recursive: true });
    write(copy, changes);
    const stock = await verifyWithStockTool({ folder: copy, bundle: join(copy, 'model.sig'), publicKey });
    const files = resourcesOf({ ...FILES, ...changes });
    const bundle = String(changes['model.sig'] ?? signed.bundle);
    return { stock, ours: verifyBundle({ bundle, publicKeyPem: signed.publicKeyPem, files }).outcome };
  };

  test('is accepted, beside the files that it signs', async () => {
    const { stock, ours } = await verdicts({});

    expect(stock).toMatchObject({ ok: true, output: expect.stringContaining('succeeded') });
    expect(ours).toBe('valid');
  });

  test('is accepted beside what Git keeps in the folder', async () => {
    expect(await verdicts({ '.git/HEAD': 'x', '.gitignore': 'x' })).toMatchObject({
      stock: { ok: true },
      ours: 'valid',
    });
  });

  test('is refused after one bit of one file has changed', async () => {
    const weights = Uint8Array.from(FILES['weights.bin'] as Uint8Array);
    weights[1_500_000] = 6;

    const { stock, ours } = await verdicts({ 'weights.bin': weights });

    expect(stock).toMatchObject({ ok: false, output: expect.stringMatching(/Hash mismatch for .*weights\.bin/) });
    expect(ours).toBe('invalid');
  });

  test('is refused with a file that was not signed', async () => {
    const { stock, ours } = await verdicts({ 'hook.py': 'x' });

    expect(stock).toMatchObject({ ok: false, output: expect.stringContaining('hook.py') });
    expect(ours).toBe('invalid');
  });

  test('is refused after one character of its signature has changed', async () => {
    const forged = signed.bundle.replace(
      /"sig":"(.{40})(.)/,
      (_all, head, one) => `"sig":"${head}${one === 'A' ? 'B' : 'A'}`,
    );

    expect(await verdicts({ 'model.sig': forged })).toMatchObject({ stock: { ok: false }, ours: 'invalid' });
  });

  test('is refused with the key of someone else', async () => {
    const { publicKeyPem } = await signFiles(FILES);
    const other = join(workshop, 'other.pem');
    writeFileSync(other, publicKeyPem);

    const stock = await verifyWithStockTool({ folder, bundle: join(folder, 'model.sig'), publicKey: other });

    expect(stock).toMatchObject({ ok: false, output: expect.stringContaining('Key mismatch') });
  });
});

test('a bundle that the stock model_signing made with P-256, P-384 or P-521 is valid for us', async () => {
  const modelSigning = await stockTool('model-signing');
  for (const namedCurve of ['prime256v1', 'secp384r1', 'secp521r1']) {
    const folder = mkdtempSync(join(workshop, 'stock-'));
    write(folder, FILES);
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
    const keyFile = join(workshop, `${namedCurve}.pem`);
    writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const signature = join(folder, 'model.sig');

    const made = await modelSigning(['sign', 'key', '--private_key', keyFile, '--signature', signature, folder]);

    expect(made).toMatchObject({ ok: true });
    const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const bundle = readFileSync(signature, 'utf8');
    expect(verifyBundle({ bundle, publicKeyPem, files: resourcesOf(FILES) })).toMatchObject({ outcome: 'valid' });
  }
});

test('the AWS command line runs from its pinned environment', async () => {
  const aws = await stockTool('awscli');

  expect(await aws(['--version'])).toMatchObject({ ok: true, output: expect.stringMatching(/^aws-cli\/1\.46\.3 /) });
  expect(await aws(['s3', 'no-such-verb'])).toMatchObject({ ok: false });
});
