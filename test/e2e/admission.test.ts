import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand, PutObjectTaggingCommand } from '@aws-sdk/client-s3';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, expect, test } from 'vitest';
import { type AdmitResponse, admissionApi } from '../../core/admission/api.ts';
import { VersionAdmitted, VersionDenied } from '../../core/admission/contract.ts';
import { verifyVerdict } from '../../core/admission/verify-verdict.ts';
import { holdApi } from '../../core/hold/api.ts';
import { Digest } from '../../core/kernel/digest.ts';
import { type PublicKey, registryApi, type VersionStatus } from '../../core/registry/api.ts';
import { registryKeys } from '../../core/registry/table.ts';
import { listenOnBus } from '../support/bus-listener.ts';
import { type Plane, shippedModel, submit } from '../support/flight.ts';
import { sharedLocalAws } from '../support/local.ts';
import { callAs, type Person } from '../support/people.ts';
import { flightOf } from '../support/rollouts.ts';

type Subject = { model: string; version: string };

let plane: Plane;
let bus: Awaited<ReturnType<typeof listenOnBus>>;

beforeAll(async () => {
  plane = await sharedLocalAws('iam');
  bus = await listenOnBus(plane);
});

const registered = async () => {
  const { model, version, files } = shippedModel('iris-forest', '1.0.0');
  const { versions, answer } = await submit(plane, { model, version }, files);
  expect(answer.outcome).toBe('registered');
  return { model, version, versions, root: Digest.parse(answer.root) };
};

const asking = async ({ model, version }: Subject, change: object = {}, person: Person = 'Pipeline') => {
  const body = { model, version, environment: 'production', ...change };
  const { status, body: text } = await callAs(plane, person, admissionApi.admit, {}, body);
  return { status, document: JSON.parse(text) };
};

const askAdmission = async (subject: Subject, change: object = {}): Promise<AdmitResponse> => {
  const { status, document } = await asking(subject, change);
  expect([status, document.error]).toEqual([200, undefined]);
  return document;
};

const rulesOf = ({ answer }: AdmitResponse): string[] => [...new Set(answer.reasons.map(({ rule }) => rule))];

const publicKey = async (): Promise<PublicKey> =>
  JSON.parse((await callAs(plane, 'Pipeline', registryApi.key)).body) as PublicKey;

/** What openssl says of a signature in a DSSE envelope, given nothing but the specification of what is signed. */
const opensslSays = async (bundle: string): Promise<string> => {
  const { dsseEnvelope } = JSON.parse(bundle);
  const payload = Buffer.from(dsseEnvelope.payload, 'base64');
  const type = dsseEnvelope.payloadType;
  const workshop = mkdtempSync(join(tmpdir(), 'clearance-verdict-'));
  const file = (name: string, bytes: string | Uint8Array): string => {
    writeFileSync(join(workshop, name), bytes);
    return join(workshop, name);
  };
  try {
    const key = file('key.pem', (await publicKey()).pem);
    const signature = file('sig.der', Buffer.from(dsseEnvelope.signatures[0].sig, 'base64'));
    const signed = file(
      'pae',
      Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]),
    );
    return execFileSync('openssl', ['dgst', '-sha256', '-verify', key, '-signature', signature, signed], {
      encoding: 'utf8',
    }).trim();
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
};

test('a registered version is admitted, by a verdict that stands and that others can verify', async () => {
  const { root, ...subject } = await registered();

  const { answer, bundle } = await askAdmission(subject);

  expect(answer).toMatchObject({ outcome: 'allow', reasons: [], step: null });
  const expected = { ...subject, root, environment: 'production', target: null };
  const { pem } = await publicKey();
  expect(verifyVerdict(bundle ?? '', { publicKeyPem: pem }, expected, new Date())).toEqual({
    outcome: 'valid',
    expiresAt: answer.expiresAt,
  });
  expect(
    verifyVerdict(bundle ?? '', { publicKeyPem: pem }, { ...expected, environment: 'staging' }, new Date()).outcome,
  ).toBe('invalid');
  expect(await opensslSays(bundle ?? '')).toBe('Verified OK');
  const kept = await plane.s3.send(
    new GetObjectCommand({ Bucket: plane.outputs.EvidenceBucketName, Key: answer.verdict?.key }),
  );
  expect(await kept.Body?.transformToString()).toBe(bundle);
});

test('every answer is a fact, the yes with the verdict and the no with its reasons', async () => {
  const { versions: _, ...subject } = await registered();

  const yes = await askAdmission(subject);
  await askAdmission(subject, { environment: 'moon' });

  const told = (await bus.factsAbout(subject.model, 3)).filter(({ detail }) => 'environment' in detail);
  const [admitted, denied] = ['production', 'moon'].map((name) =>
    told.find(({ detail }) => detail.environment === name),
  );
  expect(admitted?.['detail-type']).toBe('admission.version-admitted.v1');
  expect(VersionAdmitted.strict().parse(admitted?.detail)).toMatchObject({
    root: subject.root,
    expiresAt: yes.answer.expiresAt,
    verdict: yes.answer.verdict,
  });
  expect(denied?.['detail-type']).toBe('admission.version-denied.v1');
  expect(VersionDenied.strict().parse(denied?.detail)).toMatchObject({
    reasonCount: 1,
    reasons: [{ rule: 'admission.environment-unlisted', found: 'moon' }],
  });
});

test('the door of a deployment asks its target what it would serve, and the verdict opens no other', async () => {
  const { model, deployment } = await flightOf(plane);
  const subject = { model, version: '1.1.0' };

  const { answer, bundle } = await askAdmission(subject, { deployment });
  const elsewhere = await asking(subject, { deployment, environment: 'staging' });

  expect(answer).toMatchObject({ outcome: 'allow', reasons: [] });
  const root = JSON.parse((await callAs(plane, 'Pipeline', registryApi.status, subject)).body).registered.root;
  const { pem } = await publicKey();
  const opens = (target: string | null) =>
    verifyVerdict(
      bundle ?? '',
      { publicKeyPem: pem },
      { ...subject, root, environment: 'production', target },
      new Date(),
    ).outcome;
  expect([opens(deployment), opens(null)]).toEqual(['valid', 'invalid']);
  expect([elsewhere.status, elsewhere.document.error.message]).toEqual([
    404,
    `deployment: found ${deployment}; ${model} has no such deployment in staging`,
  ]);
});

test('a version that is not registered is a no that nothing is signed about', async () => {
  const { answer, bundle } = await askAdmission({ model: 'never-seen', version: '1.0.0' });

  expect(answer).toMatchObject({ outcome: 'deny', verdict: null, reasons: [{ rule: 'admission.not-registered' }] });
  expect(bundle).toBeNull();
});

test('a file that was quarantined after registration closes the door, and the reason names it', async () => {
  const { versions, ...subject } = await registered();
  await plane.s3.send(
    new PutObjectTaggingCommand({
      Bucket: plane.outputs.ModelBucketName,
      Key: `models/${subject.model}/${subject.version}/model.joblib`,
      VersionId: versions['model.joblib'],
      Tagging: { TagSet: [{ Key: 'clearance', Value: 'quarantined' }] },
    }),
  );

  const response = await askAdmission(subject);

  expect(response.answer).toMatchObject({ outcome: 'deny', reasons: [{ path: 'model.joblib' }] });
  expect(rulesOf(response)).toEqual(['admission.quarantined']);
});

test('a hold closes the door from the moment it stands, and lifting it opens it again', async () => {
  const subject = await registered();
  const reason = 'customers report wrong answers';
  const placed = await callAs(plane, 'Operator', holdApi.place, {}, { scope: { model: subject.model }, reason });
  const { hold } = JSON.parse(placed.body);

  const held = await askAdmission(subject);
  await callAs(plane, 'Operator', holdApi.lift, { hold: hold.id }, { reason: 'mended' });
  const lifted = await askAdmission(subject);

  expect(rulesOf(held)).toEqual(['admission.held']);
  expect(held.answer.reasons[0]?.message).toContain(reason);
  expect(lifted.answer.outcome).toBe('allow');
});

test('an environment that the stage does not list is a no in the words of policy', async () => {
  const subject = await registered();

  const { answer } = await askAdmission(subject, { environment: 'moon' });

  expect(answer).toMatchObject({
    outcome: 'deny',
    reasons: [{ rule: 'admission.environment-unlisted', found: 'moon' }],
  });
});

const evidenceOf = async (subject: Subject, name: string) => {
  const { body } = await callAs(plane, 'Pipeline', registryApi.status, subject);
  const ref = (JSON.parse(body) as VersionStatus).registered?.evidence[name];
  if (ref === undefined) throw new Error(`${subject.model} was registered without ${name}`);
  return ref;
};

test('a signature over the files of another version is a no, though it is a good one', async () => {
  const [subject, other] = [await registered(), shippedModel('wine-logreg', '1.0.0')];
  await submit(plane, other, other.files);
  await plane.ddb.send(
    new UpdateItemCommand({
      TableName: plane.outputs.RegistryTableName,
      Key: marshall(registryKeys.version(subject)),
      UpdateExpression: 'SET evidence.bundle = :other',
      ExpressionAttributeValues: marshall({ ':other': await evidenceOf(other, 'bundle') }),
    }),
  );

  const response = await askAdmission(subject);

  expect(response.answer.outcome).toBe('deny');
  expect(rulesOf(response)).toEqual(expect.arrayContaining(['signing.file-missing']));
  expect(response.bundle).not.toBeNull();
});

test('a signature that somebody wrote over is no answer at all: the door stays closed and says why', async () => {
  const subject = await registered();
  const { key } = await evidenceOf(subject, 'bundle');
  await plane.s3.send(
    new PutObjectCommand({ Bucket: plane.outputs.EvidenceBucketName, Key: key, Body: '{"forged":true}' }),
  );

  const { status, document } = await asking(subject);

  expect(status).toBe(500);
  expect(document.error.message).toContain(`Kernel.EvidenceAltered: ${key}`);
});

test.each<[string, object, RegExp]>([
  ['a name that is none', { environment: 'Prod/..' }, /\$\.environment.*"Prod\/\.\."/],
  ['a caller in the body', { requestedBy: 'the-boss' }, /\$\.requestedBy/],
  ['what would serve, which is looked up and never believed', { served: 'sha256:0' }, /\$\.served/],
])('%s is refused before anybody is asked', async (_, change, sentence) => {
  const { status, document } = await asking({ model: 'iris', version: '1.0.0' }, change);

  expect(status).toBe(400);
  expect(document.error.message).toMatch(sentence);
});

test.each<Person>(['Reader', 'Submitter', 'Auditor'])('%s may not ask for verdicts', async (person) => {
  const { status } = await callAs(plane, person, admissionApi.admit, {}, { model: 'iris', version: '1.0.0' });

  expect(status).toBe(403);
});
