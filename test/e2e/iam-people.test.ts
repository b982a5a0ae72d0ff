import { GetObjectCommand, PutObjectCommand, PutObjectTaggingCommand } from '@aws-sdk/client-s3';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { actsOn, powersOf, publishCapture } from '../support/acts.ts';
import { verdict } from '../support/callers.ts';
import { answerOf, hostileModel, type Plane, shippedModel, submit, upload } from '../support/flight.ts';
import { functionsOf } from '../support/functions.ts';
import { functionsByState, hold, release } from '../support/interruption.ts';
import { sharedLocalAws } from '../support/local.ts';
import { actingAsPerson, askAs, type Person } from '../support/people.ts';
import { serveProbe } from '../support/serving.ts';

type Subject = { model: string; version: string };

let plane: Plane;
let acts: ReturnType<typeof actsOn>;
const refused = hostileModel();
const registered = shippedModel('iris-forest', '1.0.0');
let refusedVersions: Record<string, string>;
let registeredVersions: Record<string, string>;

beforeAll(async () => {
  plane = await sharedLocalAws('iam');
  refusedVersions = (await submit(plane, refused, refused.files)).versions;
  registeredVersions = (await submit(plane, registered, registered.files)).versions;
  const functions = await functionsOf(plane);
  const [capture, target] = await Promise.all([publishCapture(plane), serveProbe(plane)]);
  const untouchable = { ...refused, versions: refusedVersions, capture, target };
  acts = actsOn(plane, untouchable, (entry) => functions.get(entry)?.name ?? '');
});

const at = ({ model, version }: Subject, path: string) => ({
  Bucket: plane.outputs.ModelBucketName,
  Key: `models/${model}/${version}/${path}`,
});
const reading = (who: Plane, subject: Subject, path: string, VersionId: string | undefined) =>
  verdict(who.s3.send(new GetObjectCommand({ ...at(subject, path), VersionId })));
const putting = (who: Plane, subject: Subject, path: string, Tagging?: string) =>
  verdict(who.s3.send(new PutObjectCommand({ ...at(subject, path), Body: 'x', Tagging })));

test.each<[Person, string[]]>([
  ['Submitter', ['upload a file', 'list open uploads']],
  ['Reader', ['read which keys count']],
  [
    'Operator',
    ['read attempts', 'read the registry', 'read checks', 'go on with a rollout', 'start intake', 'reconcile'],
  ],
  [
    'Auditor',
    [
      'read which keys count',
      'read evidence',
      'read attempts',
      'read the registry',
      'read holds',
      'read verifications',
      'read checks',
      'read rollouts',
    ],
  ],
])('%s gets this far into the plane, and no further', async (person, expected) => {
  const who = await actingAsPerson(plane, person);

  expect(await powersOf(who, acts)).toEqual(expected);
});

test('who submits cannot read what they uploaded, neither before the verdict nor after it', async () => {
  const shipped = shippedModel('iris-forest', '1.0.0');
  const submitter = await actingAsPerson(plane, 'Submitter');
  const scan = (await functionsByState(plane)).get('ScanFiles') ?? '';
  onTestFinished(() => release(plane, scan).then(() => {}));
  await hold(plane, scan);
  const versions = await upload(submitter, shipped, shipped.files);

  const before = await reading(submitter, shipped, 'model.joblib', versions['model.joblib']);
  await release(plane, scan);
  const { outcome } = await answerOf(submitter, shipped, versions['manifest.json'] ?? '');
  const after = await reading(submitter, shipped, 'model.joblib', versions['model.joblib']);

  expect([before, outcome, after]).toEqual(['AccessDenied', 'registered', 'AccessDenied']);
});

test('who submits cannot mark a file as registered, when uploading it or afterwards', async () => {
  const subject = { model: 'iris', version: '0.0.1' };
  const submitter = await actingAsPerson(plane, 'Submitter');
  const TagSet = [{ Key: 'clearance', Value: 'registered' }];

  const plain = await putting(submitter, subject, 'notes.txt');
  const marked = await putting(submitter, subject, 'notes.txt', 'clearance=registered');
  const marking = await verdict(
    submitter.s3.send(new PutObjectTaggingCommand({ ...at(subject, 'notes.txt'), Tagging: { TagSet } })),
  );

  expect([plain, marked, marking]).toEqual(['allowed', 'AccessDenied', 'AccessDenied']);
});

test('who submits one model can upload and ask about no other', async () => {
  const submitter = await actingAsPerson(plane, 'ChurnSubmitter');
  const [churn, iris] = [
    { model: 'churn', version: '0.0.1' },
    { model: 'iris', version: '0.0.1' },
  ];

  const uploads = [await putting(submitter, churn, 'notes.txt'), await putting(submitter, iris, 'notes.txt')];
  const questions = [
    (await askAs(plane, 'ChurnSubmitter', 'status', churn)).status,
    (await askAs(plane, 'ChurnSubmitter', 'status', iris)).status,
  ];

  expect(uploads).toEqual(['allowed', 'AccessDenied']);
  expect(questions).toEqual([200, 403]);
});

test('who reads gets registered versions and their signature, and neither refused nor unjudged ones', async () => {
  const reader = await actingAsPerson(plane, 'Reader');
  const unjudged = { model: 'iris', version: '0.0.2' };
  await putting(plane, unjudged, 'notes.txt');

  expect({
    registered: await reading(reader, registered, 'model.joblib', registeredVersions['model.joblib']),
    signature: await reading(reader, registered, 'model.sig', undefined),
    refused: await reading(reader, refused, 'README.md', refusedVersions['README.md']),
    unjudged: await reading(reader, unjudged, 'notes.txt', undefined),
  }).toEqual({ registered: 'allowed', signature: 'allowed', refused: 'AccessDenied', unjudged: 'AccessDenied' });
});

test('what somebody writes over a registered version is unreadable, and what is registered stays readable', async () => {
  const reader = await actingAsPerson(plane, 'Reader');
  const submitter = await actingAsPerson(plane, 'Submitter');
  const stray = await upload(submitter, registered, { 'README.md': Buffer.from('other') }, ['README.md']);
  await answerOf(submitter, registered, stray['README.md'] ?? '');

  const latest = await reading(reader, registered, 'README.md', undefined);
  const pinned = await reading(reader, registered, 'README.md', registeredVersions['README.md']);

  expect([latest, pinned]).toEqual(['AccessDenied', 'allowed']);
});

test('who reads one model can read no other', async () => {
  const reader = await actingAsPerson(plane, 'ChurnReader');

  const read = await reading(reader, registered, 'model.joblib', registeredVersions['model.joblib']);

  expect(read).toBe('AccessDenied');
});

test('everybody can ask the plane about a version, its files, its lineage and the key; a stranger cannot', async () => {
  const routes = ['models', 'model', 'status', 'files', 'lineage', 'key'] as const;

  for (const route of routes) expect((await askAs(plane, 'Reader', route, registered)).status, route).toBe(200);
  expect((await askAs(plane, 'ChurnReader', 'files', registered)).status).toBe(403);
});
