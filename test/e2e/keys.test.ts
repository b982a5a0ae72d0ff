import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { DescribeKeyCommand, ListAliasesCommand } from '@aws-sdk/client-kms';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GivenVerdict } from '../../core/admission/contract.ts';
import { deployAssembly } from '../../local/deploy.ts';
import { type LocalAws, startLocalAws } from '../../local/local-aws.ts';
import { root } from '../../local/paths.ts';
import { assemblyOf, governanceApp } from '../../local/synth.ts';
import { folderOf, type Plane, shippedModel, submit } from '../support/flight.ts';
import { functionsOf } from '../support/functions.ts';
import { clientsOf } from '../support/local.ts';
import { heldFor, verifyNow } from '../support/tampering.ts';
import type { Document } from '../support/verification.ts';

const ALIAS = 'alias/clearance/dev/signing';
const WHY = 'a laptop with operator rights was stolen';

/** Not within this test: what admission and the command say for themselves is what verification would be ahead of. */
const RARELY = { verification: { everyMinutes: 60 } };

let aws: LocalAws;
let plane: Plane;
let rotated: string;

// A plane of its own: what the others share must keep its key.
beforeAll(async () => {
  rotated = await assemblyOf(governanceApp, { ...RARELY, signing: { keys: [1, 2] } }, console.error).synthesise();
  aws = await startLocalAws({ stage: 'dev', iam: true, onProgress: console.error });
  plane = { ...aws, ...clientsOf(aws) };
}, 900_000);
afterAll(() => aws.stop());

/** The command, as the account's owner runs it; offline it has nowhere to ask. */
const clearance = (args: readonly string[], { offline = false } = {}) =>
  new Promise<{ status: number; document: Document }>((resolve) => {
    const env = { PATH: process.env.PATH ?? '', ...(offline ? {} : plane.env) };
    const command = [join(root, 'cli', 'clearance.mjs'), ...args, '--json'];
    execFile(process.execPath, command, { env }, (error, stdout) =>
      resolve({ status: error === null ? 0 : Number(error.code), document: JSON.parse(stdout) }),
    );
  });

const rulesOf = ({ document }: { document: { reasons: { rule: string; message: string }[] } }) =>
  document.reasons.map(({ rule }) => rule);

const registered = async (name: string) => {
  const shipped = shippedModel(name, '1.0.0');
  const { answer } = await submit(plane, shipped, shipped.files);
  expect(answer.reasons).toEqual([]);
  return shipped;
};

const admission = async ({ model, version }: { model: string; version: string }): Promise<GivenVerdict> => {
  const FunctionName = (await functionsOf(plane)).get('admission/admit-version')?.name ?? '';
  const question = { model, version, environment: 'staging', target: null, step: null };
  const Payload = JSON.stringify({ question, correlationId: 'keys' });
  const answer = await plane.lambda.send(new InvokeCommand({ FunctionName, Payload }));
  return GivenVerdict.parse(JSON.parse(Buffer.from(answer.Payload ?? []).toString()));
};

const aliasTarget = async (): Promise<string | undefined> => {
  const { Aliases = [] } = await plane.kms.send(new ListAliasesCommand({ Limit: 100 }));
  return Aliases.find(({ AliasName }) => AliasName === ALIAS)?.TargetKeyId;
};
const idOf = async (): Promise<string> => (await clearance(['key'])).document.hint;

test('a key is replaced and then revoked: what it signed counts until it is, and what the next one signs counts', async () => {
  using work = await folderOf({});
  const [held, oldFolder, newFolder] = ['keys.json', 'old', 'new'].map((name) => join(work.folder, name)) as [
    string,
    string,
    string,
  ];
  const offline = (folder: string, ...more: string[]) =>
    clearance(['verify', folder, '--keys', held, ...more], { offline: true });
  const old = await registered('iris-forest');
  const [firstKey, firstAlias] = [await idOf(), await aliasTarget()];

  // First sight: the id of the key that seals comes with the stack.
  const first = await clearance(['keys', '--out', held, '--root', plane.outputs.KeySetRootKeyId ?? '']);
  expect(first).toMatchObject({ status: 0, document: { by: 'the key named', keySet: { version: 1 } } });
  expect(plane.outputs.KeySetUrl).toBe(`s3://${plane.outputs.ModelBucketName}/keys/key-set.json`);

  await deployAssembly(aws, rotated);
  const fresh = await registered('digits-mlp');
  const again = await submit(plane, old, old.files);

  const secondKey = await idOf();
  expect(secondKey).not.toBe(firstKey);
  expect(await aliasTarget()).not.toBe(firstAlias);
  expect(again.answer).toMatchObject({ outcome: 'registered', reasons: [] });
  for (const [shipped, folder] of [
    [old, oldFolder],
    [fresh, newFolder],
  ] as const)
    expect(await clearance(['pull', shipped.model, shipped.version, folder])).toMatchObject({ status: 0 });
  // The set that was held knows nothing of the new key, and follows on it.
  expect(await offline(oldFolder)).toMatchObject({ status: 0, document: { key: firstKey } });
  expect(rulesOf(await offline(newFolder))).toEqual(['signing.key-unknown']);
  expect(await clearance(['keys', '--out', held])).toMatchObject({ status: 0, document: { by: 'the set before' } });
  expect(await offline(oldFolder)).toMatchObject({ status: 0, document: { key: firstKey } });
  expect(await offline(newFolder)).toMatchObject({ status: 0, document: { key: secondKey } });
  expect((await admission(old)).reasons).toEqual([]);
  expect((await admission(fresh)).outcome).toBe('allow');

  const revoked = {
    ...RARELY,
    signing: { keys: [1, 2], revoked: [{ key: firstKey, at: new Date().toISOString(), reason: WHY }] },
  };
  await deployAssembly(aws, await assemblyOf(governanceApp, revoked, console.error).synthesise());

  const denied = await admission(old);
  expect(denied.outcome).toBe('deny');
  expect(denied.reasons).toMatchObject([{ rule: 'signing.key-revoked', message: expect.stringContaining(WHY) }]);
  expect((await admission(fresh)).outcome).toBe('allow');
  // Whoever is not told goes on; whoever brings the set up to date does not.
  expect(await offline(oldFolder)).toMatchObject({ status: 0 });
  expect(await clearance(['keys', '--out', held])).toMatchObject({ status: 0, document: { keySet: { version: 3 } } });
  const refused = await offline(oldFolder);
  expect([refused.status, rulesOf(refused)]).toEqual([1, ['signing.key-revoked']]);
  expect(refused.document.reasons[0].message).toContain(WHY);
  expect(await offline(newFolder)).toMatchObject({ status: 0 });
  expect(rulesOf(await clearance(['pull', old.model, old.version, join(work.folder, 'third')]))).toEqual([
    'signing.key-revoked',
  ]);
  const third = await submit(plane, old, old.files);
  expect(third.answer.reasons).toMatchObject([{ rule: 'intake.bundle-forged', message: expect.stringContaining(WHY) }]);

  await Promise.all([old, fresh].map((shipped) => verifyNow(plane, shipped)));
  const hold = { effect: 'evict', severity: 'page', reason: { rule: 'signing.key-revoked' } };
  expect(await heldFor(plane, old)).toMatchObject([hold]);
  expect(await heldFor(plane, fresh)).toEqual([]);
}, 1_200_000);

test('what the plane attests is verified offline by the set, and by nobody once a byte is another', async () => {
  using work = await folderOf({});
  const shipped = await registered('wine-logreg');
  const [held, folder, kept] = ['keys.json', 'model', 'attested'].map((name) => join(work.folder, name)) as [
    string,
    string,
    string,
  ];
  await clearance(['keys', '--out', held]);
  await clearance(['pull', shipped.model, shipped.version, folder]);

  const told = await clearance(['attestations', shipped.model, shipped.version, '--out', kept, '--keys', held]);
  const files = ['scan', 'gates', 'provenance'].flatMap((kind) => ['--attestation', join(kept, `${kind}.json`)]);
  const verified = await clearance(['verify', folder, '--keys', held, ...files], { offline: true });

  expect(told.document).toMatchObject({ outcome: 'yes' });
  expect(Object.keys(told.document.attestations)).toEqual(['scan', 'gates', 'provenance']);
  expect(verified).toMatchObject({ status: 0, document: { outcome: 'yes' } });
});

test('a key that is not in use any more stays, and its public half stays in the set', async () => {
  const { document } = await clearance(['keys']);
  const standing = document.keySet.keys.map(({ use, status }: Record<string, string>) => `${use} ${status}`);

  expect(standing).toEqual(['signing revoked', 'key-set active', 'audit-log active', 'signing active']);
  const { KeyMetadata } = await plane.kms.send(new DescribeKeyCommand({ KeyId: plane.outputs.SigningKeyArn }));
  expect(KeyMetadata).toMatchObject({ Enabled: true, KeySpec: 'ECC_NIST_P256' });
});
