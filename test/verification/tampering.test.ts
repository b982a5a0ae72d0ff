import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RegisteredVersion } from '../../core/registry/contract.ts';
import { AlteredReport, VersionAltered } from '../../core/verification/contract.ts';
import { memoryVerification } from '../support/memory-verification.ts';
import { p256Signer } from '../support/p256-signer.ts';
import { signFiles } from '../support/signed-model.ts';

type Plane = ReturnType<typeof memoryVerification>;
type Registered = Awaited<ReturnType<Plane['register']>>;

const FRAUD = { model: 'fraud', version: '1.0.0' };
const OTHER = { model: 'fraud', version: '0.9.0' };

const fileOf = ({ pinned }: Registered, path: string) => {
  const found = pinned.find((file) => file.path === path);
  if (found === undefined) throw new Error(`no ${path}`);
  return found;
};

const flipped = (body: Buffer): Buffer => {
  const copy = Buffer.from(body);
  copy[0] = (copy[0] ?? 0) ^ 1;
  return copy;
};

type Edit = (plane: Plane, registered: Registered) => void | Promise<void>;

const record = (plane: Plane, change: (record: RegisteredVersion) => object): void => {
  const standing = plane.records.get('fraud/1.0.0') as RegisteredVersion;
  plane.records.set('fraud/1.0.0', RegisteredVersion.parse({ ...standing, ...change(standing) }));
};

/** What each does, and the rule of the reason that names it. Only reading the bytes finds those that begin so. */
const EDITS: readonly [what: string, rule: string, edit: Edit][] = [
  ['a file written over', 'file-overwritten', (plane, r) => void plane.put(fileOf(r, 'model.onnx').key, 'poison!')],
  [
    'a file written over by a cleared one of the same size',
    'file-overwritten',
    (plane, r) => void plane.put(fileOf(r, 'model.onnx').key, 'WEIGHTS', { mark: 'registered', stored: false }),
  ],
  ['a delete marker', 'file-hidden', (plane, r) => void plane.hide(fileOf(r, 'a/b.txt').key)],
  ['the registered version of a file deleted', 'file-gone', (plane, r) => plane.erase(fileOf(r, 'model.onnx'))],
  [
    'the registered version deleted, the same bytes in its place',
    'file-gone',
    (plane, r) => {
      plane.erase(fileOf(r, 'model.onnx'));
      plane.put(fileOf(r, 'model.onnx').key, 'weights', { mark: 'registered' });
    },
  ],
  ['a tag taken away', 'mark-changed', (plane, r) => void plane.change(fileOf(r, 'model.onnx'), { mark: undefined })],
  [
    'a tag changed',
    'mark-changed',
    (plane, r) => void plane.change(fileOf(r, 'manifest.json'), { mark: 'quarantined' }),
  ],
  [
    'a readable file beside the registered ones',
    'file-added',
    (plane) => void plane.put('models/fraud/1.0.0/run.py', 'import os', { mark: 'registered' }),
  ],
  ['fewer bytes', 'bytes-changed', (plane, r) => plane.corrupt(fileOf(r, 'model.onnx'), (body) => body.subarray(1))],
  [
    'another stored checksum',
    'bytes-changed',
    (plane, r) => {
      plane.change(fileOf(r, 'model.onnx'), { stored: fileOf(r, 'a/b.txt') && r.record.root });
    },
  ],
  [
    'other bytes under the same S3 version',
    'bytes-changed',
    (plane, r) => plane.corrupt(fileOf(r, 'model.onnx'), flipped),
  ],
  ['the signature written over', 'file-overwritten', (plane, r) => void plane.put(r.record.bundle.key, '{}')],
  ['the signature deleted', 'file-gone', (plane, r) => plane.erase(r.record.bundle)],
  ['the signature hidden', 'file-hidden', (plane, r) => void plane.hide(r.record.bundle.key)],
  ['other bytes of the signature', 'bytes-changed', (plane, r) => plane.corrupt(r.record.bundle, flipped)],
  [
    'the signature of a stranger under the same S3 version',
    'signature-foreign',
    async (plane, r) => {
      const { bundle } = await signFiles({ 'model.onnx': 'poison' }, p256Signer());
      plane.corrupt(r.record.bundle, () => Buffer.from(bundle));
    },
  ],
  [
    'the signature made unreadable',
    'mark-changed',
    (plane, r) => void plane.change(r.record.bundle, { mark: undefined }),
  ],
  [
    'the evidence of the digests replaced',
    'evidence-altered',
    (plane, r) => void plane.evidence.standing.set(r.record.evidence.digests?.key ?? '', '{}'),
  ],
  [
    'the evidence of the signature replaced by another signature',
    'evidence-altered',
    async (plane, r) => {
      const { bundle } = await signFiles({ 'model.onnx': 'poison' }, p256Signer());
      plane.evidence.standing.set(r.record.evidence.bundle?.key ?? '', bundle);
    },
  ],
  [
    'the record pointed at another version, with all of its evidence',
    'record-altered',
    (plane) => {
      const other = plane.records.get('fraud/0.9.0') as RegisteredVersion;
      record(plane, () => ({ ...other, version: '1.0.0' }));
    },
  ],
  ['the root in the record', 'record-altered', (plane) => record(plane, () => ({ root: `sha256:${'0'.repeat(64)}` }))],
  ['evidence struck out of the record', 'evidence-altered', (plane) => record(plane, () => ({ evidence: {} }))],
  [
    'the signature named elsewhere',
    'record-altered',
    (plane, r) => record(plane, () => ({ bundle: { ...r.record.bundle, key: 'models/fraud/0.9.0/model.sig' } })),
  ],
  ['the record deleted', 'record-gone', (plane) => void plane.records.delete('fraud/1.0.0')],
];

/** Two versions that were looked at once, and hashed. */
const watched = async (options: Parameters<typeof memoryVerification>[0] = {}) => {
  const plane = memoryVerification({ rules: { idleMinutes: 1 }, ...options });
  const registered = await plane.register(FRAUD);
  const other = await plane.register(OTHER, { 'manifest.json': '{"model":"o"}', 'model.onnx': 'older' });
  await plane.verify();
  return { plane, registered, other };
};

describe('every change of a registered version is found, held and paged', () => {
  test.each(EDITS)('%s: verification.%s', async (_, rule, edit) => {
    const { plane, registered } = await watched();
    await edit(plane, registered);

    await plane.verify();

    const [hold, ...others] = plane.held();
    expect(others).toEqual([]);
    expect(hold).toMatchObject({
      scope: FRAUD,
      effect: 'evict',
      severity: 'page',
      placedBy: { kind: 'signal', signal: 'verification.version-altered' },
      runbook: 'verification#a-registered-version-was-altered',
    });
    expect(plane.markOf(FRAUD)?.altered?.reasons.map((reason) => reason.rule)).toContain(`verification.${rule}`);
    expect(plane.markOf(OTHER)).toMatchObject({ altered: null, failed: null });
  });

  test('the evidence says what was expected and what was found, and the fact names it', async () => {
    const { plane, registered } = await watched();
    const { key, versionId } = fileOf(registered, 'model.onnx');
    const by = plane.put(key, 'poison!');

    await plane.verify();

    const [told] = plane.factsOf('verification.version-altered.v1').map((detail) => VersionAltered.parse(detail));
    const report = AlteredReport.parse(JSON.parse(plane.evidence.standing.get(told?.report.key ?? '') ?? ''));
    expect(report).toMatchObject({ ...FRAUD, root: registered.record.root });
    expect(report.reasons).toEqual([
      expect.objectContaining({
        path: 'model.onnx',
        found: `S3 version ${by}, 7 bytes`,
        allowed: `S3 version ${versionId}`,
      }),
    ]);
    expect(plane.held()[0]?.evidence).toEqual([told?.report]);
    expect(told?.reasons).toEqual(report.reasons);
  });

  test('the same difference seen again is the same hold, and no news', async () => {
    const { plane, registered } = await watched();
    plane.hide(fileOf(registered, 'model.onnx').key);

    for (let run = 0; run < 3; run++) await plane.verify();

    expect(plane.held()).toHaveLength(1);
    expect(plane.factsOf('hold.placed.v1')).toHaveLength(1);
    expect(plane.factsOf('verification.version-altered.v1')).toHaveLength(1);
  });

  test('a second difference is news, and no second hold', async () => {
    const { plane, registered } = await watched();
    plane.hide(fileOf(registered, 'model.onnx').key);
    await plane.verify();
    plane.hide(fileOf(registered, 'a/b.txt').key);

    await plane.verify();

    expect(plane.held()).toHaveLength(1);
    expect(plane.factsOf('verification.version-altered.v1')).toMatchObject([{ reasonCount: 1 }, { reasonCount: 2 }]);
  });
});

/** What happens in a bucket where nobody means harm: submitted again, uploaded by mistake, refused by intake. */
const ORDINARY: readonly Edit[] = [
  (plane, r) => void plane.put(fileOf(r, 'model.onnx').key, 'weights', { mark: 'registered' }),
  (plane, r) => void plane.put(fileOf(r, 'model.onnx').key, 'weights', { stored: false }),
  (plane) => void plane.put('models/fraud/1.0.0/notes.md', 'my notes'),
  (plane) => void plane.put('models/fraud/1.0.0/evil.pkl', 'evil', { mark: 'quarantined' }),
  (plane) => void plane.put('models/fraud/1.0.1/manifest.json', '{}'),
  (plane) => void plane.put('models/fraud/1.0.00/model.onnx', 'x', { mark: 'registered' }),
  async (plane) => {
    plane.records.set('fraud/2.0.0', (await plane.register({ model: 'fraud', version: '2.0.0' })).record);
  },
];

test('what is submitted again or beside, in any order and between any runs, is no difference', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.option(fc.constantFrom(...ORDINARY)), { maxLength: 8 }),
      fc.double({ min: 0, max: 0.99 }),
      async (steps, chance) => {
        const { plane, registered } = await watched({ random: () => chance });
        for (const step of steps) {
          if (step === null) await plane.verify();
          else await step(plane, registered);
        }

        await plane.verify();

        expect(plane.held()).toEqual([]);
        expect(plane.facts).toEqual([]);
        expect([...plane.marks.values()].filter(({ failed }) => failed !== null)).toEqual([]);
      },
    ),
    { numRuns: 30 },
  );
});

test('any one edit of any one object is found, whatever ordinary happened before and after', async () => {
  const onObject = [
    (plane: Plane, object: { key: string; versionId: string }) => void plane.put(object.key, 'other bytes'),
    (plane: Plane, object: { key: string; versionId: string }) => void plane.hide(object.key),
    (plane: Plane, object: { key: string; versionId: string }) => plane.erase(object),
    (plane: Plane, object: { key: string; versionId: string }) => void plane.change(object, { mark: undefined }),
    (plane: Plane, object: { key: string; versionId: string }) => plane.corrupt(object, flipped),
    (plane: Plane, object: { key: string; versionId: string }) => plane.corrupt(object, (body) => body.subarray(1)),
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...onObject),
      fc.nat(3),
      fc.array(fc.constantFrom(...ORDINARY.slice(2)), { maxLength: 3 }),
      fc.boolean(),
      fc.boolean(),
      async (edit, which, before, stored, looked) => {
        const plane = memoryVerification({ rules: { idleMinutes: 1 } });
        const registered = await plane.register(FRAUD, undefined, { stored });
        await plane.register(OTHER);
        if (looked) await plane.verify();
        for (const step of before) await step(plane, registered);
        const objects = [...registered.pinned, registered.record.bundle];
        edit(plane, objects[which] ?? registered.record.bundle);

        await plane.verify();

        expect(plane.held().map(({ scope }) => scope)).toEqual([FRAUD]);
      },
    ),
    { numRuns: 60 },
  );
});

test('many objects beside a version hide no difference of it, and are told if there is none', async () => {
  const { plane, registered } = await watched();
  for (let at = 0; at < 1001; at++) plane.put(`models/fraud/1.0.0/beside-${at}`, '');
  await plane.verify();
  const before = plane.markOf(FRAUD);
  plane.hide(fileOf(registered, 'model.onnx').key);

  await plane.verify();

  expect(before).toMatchObject({ altered: null, failed: { error: 'Verification.TooManyObjects' } });
  expect(plane.markOf(FRAUD)).toMatchObject({ altered: { now: true }, failed: null });
});
