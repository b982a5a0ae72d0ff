import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Digest } from '../../core/kernel/digest.ts';
import { AttestationKind, PREDICATES } from '../../core/signing/attestation.ts';
import { signing } from '../../core/signing/contract.ts';
import { KeySet } from '../../core/signing/key-set.ts';
import { PREDICATE_TYPE } from '../../core/signing/oms.ts';
import { flipped } from '../../local/demo/model-files.ts';
import { checkStatementWithStockTool, cosign, verifyWithStockTool } from '../../local/stock-tools.ts';
import { folderOf, objectText, type Plane, shippedModel, submit } from '../support/flight.ts';
import { sharedLocalAws } from '../support/local.ts';
import { edited } from '../support/verification.ts';

const workshop = mkdtempSync(join(tmpdir(), 'clearance-attested-'));
afterAll(() => rmSync(workshop, { recursive: true, force: true }));
const file = (name: string): string => join(workshop, name);

const shipped = shippedModel('iris-forest', '1.0.0');
/** The statements that the plane signed about one version, by the file that each is in, and the type of each. */
const TYPES: Readonly<Record<string, string>> = { 'model.sig': PREDICATE_TYPE, ...PREDICATES };
const NAMES = Object.keys(TYPES);

let plane: Plane;
let rootDigest: string;

beforeAll(async () => {
  plane = await sharedLocalAws('plain');
  const { answer } = await submit(plane, shipped, shipped.files);
  rootDigest = (answer.root ?? '').slice('sha256:'.length);
  writeFileSync(
    file('model.sig'),
    (await objectText(plane, `models/${shipped.model}/${shipped.version}/model.sig`)) ?? '',
  );
  for (const kind of AttestationKind.options) {
    const digest = Digest.parse(answer.evidence[`attestation-${kind}`]?.digest);
    const text = await objectText(plane, signing.keys.publishedAttestation(shipped, kind, digest));
    writeFileSync(file(kind), text ?? '');
  }
  const envelope = JSON.parse((await objectText(plane, signing.keys.keySet.current)) ?? '');
  const keys = KeySet.parse(JSON.parse(Buffer.from(envelope.payload, 'base64').toString()));
  const current = keys.keys.find(({ use, status }) => use === 'signing' && status === 'active');
  writeFileSync(file('key.pem'), current?.publicKey ?? '');
});

/** The same file with one byte of its payload, or of its signature, changed. */
const forged = (name: string, part: 'payload' | 'sig'): string => {
  const text = edited(readFileSync(file(name), 'utf8'), ({ dsseEnvelope }) => {
    const holder = part === 'payload' ? dsseEnvelope : dsseEnvelope.signatures[0];
    const bytes = Buffer.from(holder[part], 'base64');
    const at = bytes.length - 9;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    holder[part] = bytes.toString('base64');
  });
  writeFileSync(file(`${name}.${part}`), text);
  return file(`${name}.${part}`);
};

const NOT_BUILT = 'NOT CHECKED with cosign: it is not built. Where there is Go, npm run stock-tools builds it.';

describe('cosign', () => {
  const tool = cosign();
  beforeAll(() => {
    if (tool === undefined) console.warn(NOT_BUILT);
  });

  const says = async (bundle: string, name: string, digest = rootDigest) => {
    const about = ['--digest', digest, '--digestAlg', 'sha256', '--type', TYPES[name] ?? ''];
    const how = ['--bundle', bundle, '--key', file('key.pem'), '--insecure-ignore-tlog'];
    return tool?.(['verify-blob-attestation', ...how, ...about]);
  };

  test.for(NAMES)('accepts %s as the plane signed it', async (name, { skip }) => {
    if (tool === undefined) skip(NOT_BUILT);
    expect(await says(file(name), name)).toMatchObject({ ok: true, output: expect.stringContaining('Verified OK') });
  });

  test.for(NAMES)(
    'refuses %s with one byte changed, or about another version, or as another statement',
    async (name, { skip }) => {
      if (tool === undefined) skip(NOT_BUILT);
      const other = NAMES[(NAMES.indexOf(name) + 1) % NAMES.length] ?? '';
      for (const refused of [
        await says(forged(name, 'payload'), name),
        await says(forged(name, 'sig'), name),
        await says(file(name), name, '0'.repeat(64)),
        await says(file(name), other),
      ])
        expect(refused).toMatchObject({ ok: false });
    },
  );
});

test.each(NAMES)(
  'the reference libraries of DSSE and in-toto read %s, and refuse it with one byte changed',
  async (name) => {
    const publicKey = file('key.pem');

    const read = await checkStatementWithStockTool({ bundle: file(name), publicKey });
    const refused = await checkStatementWithStockTool({ bundle: forged(name, 'payload'), publicKey });

    expect(read).toMatchObject({ ok: true, output: expect.stringContaining(`verified ${TYPES[name]}`) });
    expect(refused.ok).toBe(false);
  },
);

test('model_signing accepts the version with the key that the key set names, and refuses it with one byte changed', async () => {
  const [first = ''] = Object.keys(shipped.files).filter((path) => path !== 'manifest.json');
  const changed = { ...shipped.files, [first]: flipped(shipped.files[first] ?? new Uint8Array([1])) };

  const verdicts = [];
  for (const files of [shipped.files, changed]) {
    using folder = await folderOf({ ...files, 'model.sig': readFileSync(file('model.sig')) });
    verdicts.push(
      await verifyWithStockTool({
        folder: folder.folder,
        bundle: join(folder.folder, 'model.sig'),
        publicKey: file('key.pem'),
      }),
    );
  }

  expect(verdicts.map(({ ok }) => ok)).toEqual([true, false]);
});
