import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HeadObjectCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { root } from '../../local/paths.ts';
import { ensurePython } from '../../local/python.ts';
import { type Files, folderOf, type Plane, redeclared, shippedModel, withManifest } from '../support/flight.ts';
import { functionsByState, hold, release } from '../support/interruption.ts';
import { eventually, sharedLocalAws } from '../support/local.ts';
import { type Person, shellOf } from '../support/people.ts';
import { flightOf, until } from '../support/rollouts.ts';

const ENTRY = join(root, 'cli', 'clearance.mjs');
const SUBMIT_IN_PARTS = join(root, 'test', 'e2e', 'submit-in-parts.ts');
const MiB = 1024 ** 2;

let plane: Plane;
let publicKey: string;

type Said = { status: number; stdout: string; stderr: string };

const run = (command: string, args: readonly string[], env: Record<string, string>): Promise<Said> =>
  new Promise((resolve) => {
    execFile(command, args, { env: { PATH: process.env.PATH ?? '', ...env } }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });

/** Runs the command as this person; the document is what it prints for a program. */
const clearance = async (person: Person, ...args: string[]) => {
  const { status, stdout, stderr } = await run(
    process.execPath,
    [ENTRY, ...args, '--json'],
    await shellOf(plane, person),
  );
  return { status, stderr, document: JSON.parse(stdout) };
};

const submit = async (files: Files, { model, version }: { model: string; version: string }, ...more: string[]) => {
  using copy = await folderOf(files);
  return await clearance('Submitter', 'submit', copy.folder, '--model', model, '--version', version, ...more);
};

beforeAll(async () => {
  plane = await sharedLocalAws('iam');
  const { document } = await clearance('Reader', 'key');
  publicKey = document.pem;
});

test('a version that check lets pass is submitted, registered, listed, pulled and verified, by people who may do no more', async () => {
  const shipped = shippedModel('iris-forest', '1.0.0');
  const { model, version } = shipped;
  using copy = await folderOf(shipped.files);
  using keys = await folderOf({ 'plane.pem': Buffer.from(publicKey) });
  const [pulledTo, key] = [join(keys.folder, 'pulled'), join(keys.folder, 'plane.pem')];

  const checked = await clearance('Submitter', 'check', copy.folder);
  const submitted = await submit(shipped.files, shipped);
  const status = await clearance('Submitter', 'status', model, version);
  const models = await clearance('Reader', 'list');
  const versions = await clearance('Reader', 'list', model);
  const pulled = await clearance('Reader', 'pull', model, version, pulledTo, '--key', key);
  const verified = await clearance('Reader', 'verify', pulledTo, '--key', key);

  const all = { checked, submitted, status, models, versions, pulled, verified };
  expect(Object.values(all).map((said) => [said.status, said.stderr])).toEqual(Array(7).fill([0, '']));
  expect(submitted.document).toMatchObject({ outcome: 'registered', answer: { root: checked.document.root } });
  expect(status.document).toMatchObject({ state: 'registered', registered: { root: checked.document.root } });
  expect(models.document.models.map((head: { model: string }) => head.model)).toContain(model);
  expect(versions.document.versions).toMatchObject([{ version, root: checked.document.root }]);
  expect(pulled.document).toMatchObject({ outcome: 'pulled', root: checked.document.root, key: { from: 'file' } });
  expect(verified.document).toMatchObject({ outcome: 'yes', root: checked.document.root });
  for (const [path, bytes] of Object.entries(shipped.files))
    expect(readFileSync(join(pulledTo, path)).equals(bytes)).toBe(true);
});

test('the plane gives the same reasons as the check: five mistakes, five reasons', async () => {
  const shipped = shippedModel('iris-forest', '1.0.0');
  const wrong = withManifest(shipped.files, {
    ...shipped.manifest,
    owner: '',
    format: 'floppy',
    risk: { ...shipped.manifest.risk, decision: 'maybe' },
    metrics: [{ name: 'accuracy', value: 'high' }],
    colour: 'blue',
  });
  using copy = await folderOf(wrong);

  const checked = await clearance('Submitter', 'check', copy.folder);
  const refused = await submit(wrong, shipped);
  const submitted = await submit(wrong, shipped, '--skip-check');

  expect([checked.status, refused.status, submitted.status]).toEqual([1, 1, 1]);
  expect(refused.document.outcome).toBe('not-submitted');
  expect(submitted.document.outcome).toBe('rejected');
  expect(submitted.document.reasons).toHaveLength(5);
  expect(checked.document.reasons).toEqual(submitted.document.reasons);
});

test('other bytes for a registered version are refused, and it stays registered', async () => {
  const shipped = shippedModel('digits-mlp', '1.0.0');
  const other = redeclared({ ...shipped.files, 'README.md': Buffer.from('other words\n') }, shipped.manifest);

  const first = await submit(shipped.files, shipped);
  const second = await submit(other, shipped);
  const status = await clearance('Reader', 'status', shipped.model, shipped.version);

  expect([first.status, second.status, status.status]).toEqual([0, 1, 0]);
  expect(second.document.reasons).toMatchObject([{ rule: 'registry.version-immutable' }]);
});

test('who may only submit cannot pull: it cannot be told, and nothing stays behind', async () => {
  const shipped = shippedModel('iris-forest', '1.0.0');
  using place = await folderOf({});
  const submitted = await submit(shipped.files, shipped);

  const pulled = await clearance('Submitter', 'pull', shipped.model, shipped.version, join(place.folder, 'pulled'));

  expect([submitted.status, pulled.status]).toEqual([0, 3]);
  expect(pulled.document.error.message).toContain('AWS does not permit this');
  expect(existsSync(join(place.folder, 'pulled'))).toBe(false);
});

test('a version that nobody submitted is a no for status, list and pull', async () => {
  using place = await folderOf({});

  const said = [
    await clearance('Reader', 'status', 'nobody-knows-it', '1'),
    await clearance('Reader', 'list', 'nobody-knows-it'),
    await clearance('Reader', 'pull', 'nobody-knows-it', '1', join(place.folder, 'pulled')),
  ];

  expect(said.map(({ status }) => status)).toEqual([1, 1, 1]);
});

test('a rollout is asked for, listed, shown, paused, resumed and rolled back, each by who may', async () => {
  const { model, deployment } = await flightOf(plane);
  const rollout = (...args: string[]) => clearance('Operator', 'rollout', ...args);
  const because = (reason: string) => ['--reason', reason];

  const asked = await clearance(
    'Pipeline',
    'rollout',
    model,
    '1.1.0',
    '--env',
    'production',
    '--deployment',
    deployment,
  );
  const { rollout: id } = asked.document;
  await until(plane, id, ['baking']);
  const listed = await rollout('list');
  const paused = await rollout('pause', id, ...because('lunch'));
  await until(plane, id, ['held']);
  const held = await rollout('show', id);
  const resumed = await rollout('resume', id, ...because('back at work'));
  await until(plane, id, ['baking']);
  const recalled = await rollout('rollback', id, ...because('it smells'));
  await until(plane, id, ['rolled-back']);
  const back = await rollout('show', id);
  const late = await rollout('pause', id, ...because('too late'));
  const unknown = await rollout('show', '00000000000000000000');
  const forbidden = await clearance('Reader', 'rollout', 'pause', id, ...because('may I?'));

  const statuses = [asked, listed, paused, held, resumed, recalled, back, late, unknown, forbidden].map(
    ({ status }) => status,
  );
  expect(statuses).toEqual([0, 0, 0, 3, 0, 0, 1, 0, 1, 3]);
  expect(listed.document.rollouts).toContainEqual(expect.objectContaining({ rollout: id, deployment }));
  expect(held.document.status).toMatchObject({ state: 'held', pause: { reason: { message: 'lunch' } } });
  expect(back.document.status).toMatchObject({
    state: 'rolled-back',
    rollback: { by: { arn: expect.stringContaining('Operator') }, reasons: [{ message: 'it smells' }] },
  });
  expect([paused, late].map(({ document }) => document.outcome)).toEqual(['done', 'unchanged']);
});

test('a plane that is not installed cannot be told about', async () => {
  const { status, document } = await clearance('Reader', 'list', '--stage', 'nowhere');

  expect(status).toBe(3);
  expect(document.error).toMatchObject({ path: expect.stringContaining('nowhere') });
});

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.once('exit', (code) => resolve(code)));

test('Ctrl-C while it waits ends with 130 and says which attempt intake is at work on; the answer comes all the same', async () => {
  const shipped = shippedModel('iris-forest', '1.0.0');
  const { model, version } = shipped;
  using copy = await folderOf(shipped.files);
  const scan = (await functionsByState(plane)).get('ScanFiles') ?? '';
  await hold(plane, scan);
  onTestFinished(async () => void (await release(plane, scan)));
  const args = [ENTRY, 'submit', copy.folder, '--model', model, '--version', version, '--json'];
  const child = spawn(process.execPath, args, { env: await shellOf(plane, 'Submitter') });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });

  const Key = `models/${model}/${version}/manifest.json`;
  const attempt = await eventually('the manifest', async () => {
    const head = new HeadObjectCommand({ Bucket: plane.outputs.ModelBucketName, Key });
    return plane.s3.send(head).then(
      ({ VersionId }) => VersionId,
      () => undefined,
    );
  });
  // The manifest stands before the command has heard that it does.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const running = await clearance('Submitter', 'status', model, version);
  child.kill('SIGINT');
  const code = await ended(child);
  await release(plane, scan);
  const later = await eventually(
    'the answer',
    async () => {
      const said = await clearance('Submitter', 'status', model, version);
      return said.status === 3 ? undefined : said;
    },
    { every: 500 },
  );

  expect(code).toBe(130);
  expect(JSON.parse(printed).error.message).toContain(`attempt ${attempt}`);
  expect([running.status, running.document.state]).toEqual([3, 'running']);
  expect(later.document.state).toBe('registered');
});

describe('large files', () => {
  test('one that is not held in memory is streamed, with the checksum that S3 stores', async () => {
    const shipped = shippedModel('digits-mlp', '1.0.0');
    const notes = Buffer.alloc(9 * MiB, 'a line of text\n');
    const files = redeclared(
      { ...shipped.files, 'notes.txt': notes },
      { ...shipped.manifest, files: [...shipped.manifest.files, { path: 'notes.txt' }] },
    );

    const submitted = await submit(files, shipped);
    const stored = await plane.s3.send(
      new HeadObjectCommand({
        Bucket: plane.outputs.ModelBucketName,
        Key: `models/${shipped.model}/${shipped.version}/notes.txt`,
        ChecksumMode: 'ENABLED',
      }),
    );

    expect(submitted.document.reasons).toEqual([]);
    expect(submitted.status).toBe(0);
    expect([stored.ContentLength, stored.ChecksumType]).toEqual([notes.length, 'FULL_OBJECT']);
    expect(stored.ChecksumSHA256).toMatch(/=$/);
  });

  /** Parts of one MiB stand for those of 64, and this file for one above 5 GiB, which a test cannot afford. */
  const largeModel = (fill: string, as?: string) => {
    const shipped = shippedModel('digits-mlp', '1.0.0', as);
    const declared = [...shipped.manifest.files, { path: 'notes.txt' }];
    const files = { ...shipped.files, 'notes.txt': Buffer.alloc(5 * MiB - 7, fill) };
    return {
      ...shipped,
      files: redeclared(files, { ...shipped.manifest, files: declared }),
      key: `models/${shipped.model}/${shipped.version}/notes.txt`,
    };
  };
  type InParts = ReturnType<typeof largeModel>;

  const submitInParts = async ({ files, model, version }: InParts, { dieAfter }: { dieAfter?: number } = {}) => {
    using copy = await folderOf(files);
    const args = [copy.folder, plane.outputs.ModelBucketName ?? '', model, version, String(dieAfter ?? '')];
    const said = await run(process.execPath, [SUBMIT_IN_PARTS, ...args], await shellOf(plane, 'Submitter'));
    return { ...said, document: said.stdout === '' ? undefined : JSON.parse(said.stdout) };
  };

  const openUploads = async ({ key }: InParts) => {
    const Bucket = plane.outputs.ModelBucketName;
    const { Uploads = [] } = await plane.s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: key }));
    return Uploads.map(({ UploadId }) => UploadId);
  };

  test('one that S3 takes only in parts goes on after kill -9 where it was, by who may only submit, and is registered', async () => {
    const upload = largeModel('a line of text ');

    const killed = await submitInParts(upload, { dieAfter: 2 });
    const between = await openUploads(upload);
    const { status, stderr, document } = await submitInParts(upload);
    const stored = await plane.s3.send(
      new HeadObjectCommand({ Bucket: plane.outputs.ModelBucketName, Key: upload.key, ChecksumMode: 'ENABLED' }),
    );

    expect([killed.stdout, between.length]).toEqual(['', 1]);
    expect([status, stderr, document.outcome]).toEqual([0, '', 'registered']);
    expect(document.resumedBytes).toBeGreaterThanOrEqual(2 * MiB - 7);
    expect(stored.ContentLength).toBe(5 * MiB - 7);
    expect(stored.ChecksumSHA256).toMatch(/-5$/);
    expect(await openUploads(upload)).toEqual([]);
  });

  test('one that was changed since begins anew, and nothing of the old one stays behind', async () => {
    const upload = largeModel('first words ');
    await submitInParts(upload, { dieAfter: 2 });
    const [old] = await openUploads(upload);
    const changed = largeModel('second words ', upload.model);

    const { document } = await submitInParts(changed);

    expect(old).toBeDefined();
    expect(document).toMatchObject({ outcome: 'registered', resumedBytes: 0 });
    expect(await openUploads(upload)).toEqual([]);
  });
});

describe('the boto3 example of the documentation', () => {
  const example = join(root, 'docs', 'examples', 'submit.py');

  const submitWithBoto3 = async (files: Files, { model, version }: { model: string; version: string }) => {
    using copy = await folderOf(files);
    const args = [example, copy.folder, plane.outputs.ModelBucketName ?? '', model, version];
    return await run(await ensurePython(console.error), args, await shellOf(plane, 'Submitter'));
  };

  test('gets a model registered', async () => {
    const shipped = shippedModel('diabetes-ridge', '1.0.0');

    const said = await submitWithBoto3(shipped.files, shipped);
    const status = await clearance('Reader', 'status', shipped.model, shipped.version);

    expect([said.status, said.stdout.trim(), said.stderr]).toEqual([0, 'registered', '']);
    expect(status.document.state).toBe('registered');
  });

  test('says why one is refused', async () => {
    const shipped = shippedModel('diabetes-ridge', '1.0.0');

    const said = await submitWithBoto3({ ...shipped.files, 'extra.txt': Buffer.from('x') }, shipped);

    expect(said.status).toBe(1);
    expect(said.stdout).toMatch(/^rejected\n.*the manifest does not name it/);
  });
});
