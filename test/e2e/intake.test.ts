import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { GetPublicKeyCommand } from '@aws-sdk/client-kms';
import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { ListExecutionsCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { AttestationKind } from '../../core/signing/attestation.ts';
import { readSigningKey } from '../../core/signing/public-key.ts';
import { hostilePickle } from '../../local/demo/hostile-pickle.ts';
import { flipped } from '../../local/demo/model-files.ts';
import { verifyWithStockTool } from '../../local/stock-tools.ts';
import {
  answerOf,
  answersAt,
  type Files,
  folderOf,
  objectText,
  type Plane,
  redeclared,
  shippedModel,
  submit,
  untilItRests,
  upload,
  withManifest,
} from '../support/flight.ts';
import { functionsByState } from '../support/interruption.ts';
import { eventually, sharedLocalAws } from '../support/local.ts';
import { asCsv, inBlocks, realDataSet, shuffled, turnedLabels } from '../support/training-data.ts';

let plane: Plane;
let publicKeyPem: string;

beforeAll(async () => {
  plane = await sharedLocalAws('plain');
  const { PublicKey } = await plane.kms.send(new GetPublicKeyCommand({ KeyId: plane.outputs.SigningKeyArn ?? '' }));
  publicKeyPem = readSigningKey(PublicKey ?? new Uint8Array())?.pem ?? '';
});

const verifyWithStock = async (subject: { model: string; version: string }, files: Files) => {
  const bundle = await objectText(plane, `models/${subject.model}/${subject.version}/model.sig`);
  using directory = await folderOf({ ...files, 'model.sig': Buffer.from(bundle ?? '') });
  using keys = await folderOf({ 'key.pem': Buffer.from(publicKeyPem) });
  return await verifyWithStockTool({
    folder: directory.folder,
    bundle: join(directory.folder, 'model.sig'),
    publicKey: join(keys.folder, 'key.pem'),
  });
};

test.each([
  ['iris-forest', '1.0.0'],
  ['digits-mlp', '1.0.0'],
  ['wine-logreg', '1.0.0'],
  ['breast-cancer-net', '1.0.0'],
])('%s, made by a real library, is registered, and the stock tool accepts its signature', async (name, version) => {
  const shipped = shippedModel(name, version);

  const { answer } = await submit(plane, shipped, shipped.files);
  const stock = await verifyWithStock(shipped, shipped.files);
  const [first] = Object.keys(shipped.files).filter((path) => path !== 'manifest.json');
  const tampered = { ...shipped.files, [first ?? '']: flipped(shipped.files[first ?? ''] ?? new Uint8Array([1])) };
  const refused = await verifyWithStock(shipped, tampered);

  expect(answer.reasons).toEqual([]);
  expect(answer.outcome).toBe('registered');
  expect(stock.output).toContain('Verification succeeded');
  expect(stock.ok).toBe(true);
  expect(refused.ok).toBe(false);
});

test('the same version with one byte changed is refused, and what is registered stays as it was', async () => {
  const shipped = shippedModel('iris-forest', '1.0.0');
  const first = await submit(plane, shipped, shipped.files);
  const changed = redeclared(
    { ...shipped.files, 'README.md': flipped(shipped.files['README.md'] ?? new Uint8Array([1])) },
    shipped.manifest,
  );

  const second = await submit(plane, shipped, changed);

  expect(first.answer.outcome).toBe('registered');
  expect(second.answer.outcome).toBe('rejected');
  expect(second.answer.reasons.map(({ rule }) => rule)).toEqual(['registry.version-immutable']);
  expect((await verifyWithStock(shipped, shipped.files)).ok).toBe(true);
});

test('a file written over a registered version without a manifest is refused all the same', async () => {
  const shipped = shippedModel('iris-forest', '1.0.0');
  await submit(plane, shipped, shipped.files);

  const stray = await upload(plane, shipped, { 'README.md': Buffer.from('tampered') }, ['README.md']);
  const answer = await answerOf(plane, shipped, stray['README.md'] ?? '');

  expect(answer.outcome).toBe('rejected');
  expect(answer.reasons.map(({ path }) => path)).toContain('README.md');
});

test('a manifest with five mistakes is answered with five reasons, each with its path', async () => {
  const shipped = shippedModel('iris-forest', '1.0.0');
  const { owner, ...manifest } = shipped.manifest;
  const mistaken = {
    ...manifest,
    version: '9.9.9',
    format: 'zip-of-stuff',
    colour: 'blue',
    risk: { ...manifest.risk, reversible: 'maybe' },
  };

  const { answer } = await submit(plane, shipped, withManifest(shipped.files, mistaken));

  expect(answer.outcome).toBe('rejected');
  expect(answer.reasons.map(({ path }) => path).sort()).toEqual([
    '$.colour',
    '$.format',
    '$.owner',
    '$.risk.reversible',
    '$.version',
  ]);
});

test('a pickle that runs a command is quarantined with the reason, and nothing of it is registered', async () => {
  const shipped = shippedModel('iris-forest', '1.0.0');
  const files = redeclared({ ...shipped.files, 'model.joblib': hostilePickle('echo owned') }, shipped.manifest);

  const { answer } = await submit(plane, shipped, files);

  expect(answer.outcome).toBe('rejected');
  const reasons = JSON.stringify(answer.reasons);
  expect(reasons).toContain('model.joblib');
  expect(reasons).toContain('system');
  expect(await objectText(plane, `models/${shipped.model}/${shipped.version}/model.sig`)).toBeUndefined();
});

test('F7: training data of which one delivery has turned labels is quarantined, by its name; the same data untouched is registered', async () => {
  const { rows } = await realDataSet('wine');
  const deliveries = inBlocks(shuffled(rows, 11), 4);
  const trainedOn = (sample: string) => {
    const shipped = shippedModel('wine-logreg', '1.0.0');
    const { files: declared, training, ...manifest } = shipped.manifest;
    const named = { path: 'training.csv', format: 'csv', label: 'class', block: 'block' };
    const files = { ...shipped.files, 'training.csv': Buffer.from(sample) };
    const all = {
      ...manifest,
      training: { ...training, sample: named },
      files: [...declared, { path: 'training.csv' }],
    };
    return submit(plane, shipped, redeclared(files, all));
  };

  const [untouched, turned] = await Promise.all([
    trainedOn(asCsv(deliveries)),
    trainedOn(asCsv(turnedLabels(deliveries, 'delivery-1'))),
  ]);

  expect(untouched.answer).toMatchObject({ outcome: 'registered', reasons: [] });
  expect(turned.answer).toMatchObject({
    outcome: 'rejected',
    reasons: [
      {
        rule: 'gates.training-labels-flipped',
        path: '$.training.sample',
        found: expect.stringContaining('of the labels in "delivery-1"'),
      },
    ],
  });
});

test('a tampered copy is refused with the digest that was declared and the one that was found', async () => {
  const shipped = shippedModel('wine-logreg', '1.0.0');
  const [model = ''] = Object.keys(shipped.files).filter((path) => path.endsWith('.onnx'));
  const tampered = { ...shipped.files, [model]: flipped(shipped.files[model] ?? new Uint8Array([1])) };

  const { answer } = await submit(plane, shipped, tampered);

  expect(answer.outcome).toBe('rejected');
  expect(answer.reasons).toContainEqual(
    expect.objectContaining({ path: model, found: expect.stringContaining('sha256:') }),
  );
});

test('what S3 has no digest of and cannot be read in time is refused, by file, size and limit; with its digest it is registered', async () => {
  const shipped = shippedModel('digits-mlp', '1.0.0');
  const FunctionName = (await functionsByState(plane)).get('DigestFiles') ?? '';
  const { Environment } = await plane.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const Variables = Environment?.Variables ?? {};
  const limits = JSON.parse(Variables.INTAKE_LIMITS ?? '');
  const configured = (INTAKE_LIMITS: string) =>
    plane.lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName,
        Environment: { Variables: { ...Variables, INTAKE_LIMITS } },
      }),
    );
  await configured(JSON.stringify({ ...limits, readBytes: 1000 }));
  onTestFinished(async () => void (await configured(Variables.INTAKE_LIMITS ?? '')));

  const { answer: refused } = await submit(plane, shipped, shipped.files);
  const { answer: registered } = await submit(plane, shipped, shipped.files, { stored: true });

  const [reason] = refused.reasons;
  expect(refused.outcome).toBe('rejected');
  expect(reason).toMatchObject({ rule: 'intake.too-much-to-read', path: 'baseline.csv' });
  expect(reason?.found).toContain(`${shipped.files['baseline.csv']?.length} bytes`);
  expect(reason?.allowed).toContain('1000 bytes');
  expect(registered).toMatchObject({ outcome: 'registered', reasons: [] });
});

test('files that come after their manifest complete the upload', async () => {
  const shipped = shippedModel('digits-mlp', '1.0.0');
  const [late = '', ...others] = Object.keys(shipped.files).filter((path) => path !== 'manifest.json');

  const versions = await upload(plane, shipped, shipped.files, ['manifest.json', ...others]);
  await untilItRests(plane, shipped, versions['manifest.json'] ?? '');
  const early = await answersAt(plane, shipped);
  await upload(plane, shipped, shipped.files, [late]);
  const answer = await answerOf(plane, shipped, versions['manifest.json'] ?? '');

  expect(early).toEqual([]);
  expect(answer.outcome).toBe('registered');
});

test('a corrected version is cleared although its manifest arrives before the corrected file', async () => {
  const shipped = shippedModel('iris-forest', '1.0.0');
  const broken = { ...shipped.files, 'README.md': Buffer.from('not what was declared') };
  const first = await submit(plane, shipped, broken);

  const versions = await upload(plane, shipped, shipped.files, ['manifest.json']);
  await untilItRests(plane, shipped, versions['manifest.json'] ?? '');
  await upload(plane, shipped, shipped.files, ['README.md']);
  const answer = await answerOf(plane, shipped, versions['manifest.json'] ?? '');

  expect(first.answer.outcome).toBe('rejected');
  expect(answer.outcome).toBe('registered');
});

const registeredFacts = async (model: string) => {
  const items = await plane.ddb.send(
    new (await import('@aws-sdk/client-dynamodb')).ScanCommand({
      TableName: plane.outputs.RegistryTableName,
      FilterExpression: 'sk = :fact AND contains(detail, :model)',
      ExpressionAttributeValues: { ':fact': { S: 'FACT' }, ':model': { S: model } },
    }),
  );
  return items.Items ?? [];
};

test('twenty simultaneous deliveries give one registration, one signature, one attestation of each kind and one answer', async () => {
  const shipped = shippedModel('iris-forest', '1.0.0');
  const versions = await upload(plane, shipped, shipped.files);
  const key = `models/${shipped.model}/${shipped.version}/manifest.json`;
  const input = {
    bucket: plane.outputs.ModelBucketName,
    key,
    versionId: versions['manifest.json'],
    trigger: null,
  };

  await Promise.all(
    Array.from({ length: 20 }, () =>
      plane.sfn.send(
        new StartExecutionCommand({
          stateMachineArn: plane.outputs.IntakeWorkflowArn,
          input: JSON.stringify(input),
          name: randomUUID(),
        }),
      ),
    ),
  );
  const answer = await answerOf(plane, shipped, versions['manifest.json'] ?? '');
  await eventually('no intake to run any more', async () => {
    const { executions = [] } = await plane.sfn.send(
      new ListExecutionsCommand({ stateMachineArn: plane.outputs.IntakeWorkflowArn, statusFilter: 'RUNNING' }),
    );
    return executions.length === 0 ? true : undefined;
  });
  const { Versions = [] } = await plane.s3.send(
    new ListObjectVersionsCommand({
      Bucket: plane.outputs.EvidenceBucketName,
      Prefix: `signing/${shipped.model}/`,
    }),
  );
  const attested = Versions.filter(({ Key }) => Key?.includes(`/${versions['manifest.json']}/`));
  const signed = Versions.filter((object) => !attested.includes(object));

  expect(answer.outcome).toBe('registered');
  expect(await registeredFacts(shipped.model)).toHaveLength(1);
  expect(signed).toHaveLength(1);
  expect(attested).toHaveLength(AttestationKind.options.length);
  expect(await answersAt(plane, shipped)).toHaveLength(1);
});
