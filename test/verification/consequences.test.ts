import { describe, expect, test } from 'vitest';
import { RegisteredVersion } from '../../core/registry/contract.ts';
import { active, keySetOf, retired, revoked } from '../support/key-sets.ts';
import { memoryVerification } from '../support/memory-verification.ts';
import { p256Signer } from '../support/p256-signer.ts';

type Plane = ReturnType<typeof memoryVerification>;

const FRAUD = { model: 'fraud', version: '1.0.0' };

const watched = async (options: Parameters<typeof memoryVerification>[0] = {}) => {
  const plane = memoryVerification({ rules: { idleMinutes: 1 }, ...options });
  const registered = await plane.register(FRAUD);
  await plane.verify();
  const file = registered.pinned.find(({ path }) => path === 'model.onnx');
  if (file === undefined) throw new Error('no model.onnx');
  const tags = () =>
    [...registered.pinned, registered.record.bundle].map(
      (object) => plane.all().find(({ key, versionId }) => key === object.key && versionId === object.versionId)?.mark,
    );
  return { plane, registered, file, tags };
};

const same = (marks: readonly (string | undefined)[]) => [...new Set(marks)];
const liftAll = async (plane: Plane) => {
  for (const { id } of plane.held()) await plane.lift(id);
};

describe('readers', () => {
  test('are kept from what is altered in the run that finds it, if it serves nowhere', async () => {
    const { plane, file, tags } = await watched();
    plane.hide(file.key);

    await plane.verify();

    expect(same(tags())).toEqual(['quarantined']);
    expect(plane.markOf(FRAUD)?.quarantinedAt).toBe(plane.time.now.toISOString());
    expect(plane.factsOf('verification.version-quarantined.v1')).toHaveLength(1);
  });

  test('of a version that serves keep it until it is rolled back', async () => {
    const { plane, file, tags } = await watched();
    plane.serves.served = [FRAUD];
    plane.corrupt(file, () => Buffer.from('poison!'));
    await plane.verify();
    const whileItServes = { held: plane.held().map(({ effect }) => effect), tags: same(tags()) };
    plane.serves.served = [{ model: 'fraud', version: '0.9.0' }];

    await plane.verify();

    expect(whileItServes).toEqual({ held: ['evict'], tags: ['registered'] });
    expect(same(tags())).toEqual(['quarantined']);
  });

  test('are denied nothing while a target of the model cannot be asked', async () => {
    const { plane, file, tags } = await watched();
    plane.serves.unseen = ['fraud'];
    plane.hide(file.key);

    await plane.verify();

    expect([plane.held().length, same(tags())]).toEqual([1, ['registered']]);
  });

  test('are denied nothing while it cannot be told what serves, and the run says so', async () => {
    const { plane, file, tags } = await watched();
    plane.serves.blind = true;
    plane.hide(file.key);

    await expect(plane.verify()).rejects.toThrow('the deployments cannot be read');

    expect([plane.held().length, same(tags())]).toEqual([1, ['registered']]);
    expect(plane.measured).toContainEqual(['VersionsAltered', 1]);
  });

  test('are also kept from what was put beside the version, and from what was written over it', async () => {
    const { plane, file } = await watched();
    plane.put('models/fraud/1.0.0/run.py', 'import os', { mark: 'registered' });
    plane.put(file.key, 'poison!', { mark: 'registered' });

    await plane.verify();

    expect([plane.current('models/fraud/1.0.0/run.py')?.mark, plane.current(file.key)?.mark]).toEqual([
      'quarantined',
      'quarantined',
    ]);
  });

  test('do not get it back when intake clears a submitted copy of it', async () => {
    const { plane, file, tags } = await watched();
    plane.corrupt(file, () => Buffer.from('poison!'));
    await plane.verify();
    plane.change(file, { mark: 'registered' });

    await plane.verify();

    expect(same(tags())).toEqual(['quarantined']);
    expect(plane.factsOf('verification.version-quarantined.v1')).toHaveLength(1);
  });
});

describe('a version that was mended', () => {
  const mended = async () => {
    const watching = await watched();
    const { plane, file } = watching;
    plane.hide(file.key);
    await plane.verify();
    const marker = plane.current(file.key);
    plane.erase({ key: file.key, versionId: marker?.versionId ?? '' });
    return watching;
  };

  test('stays held and kept from its readers until a person lifts the hold', async () => {
    const { plane, tags } = await mended();

    await plane.verify();
    await plane.verify();

    expect([plane.held().length, same(tags())]).toEqual([1, ['quarantined']]);
    expect(plane.markOf(FRAUD)?.altered).toMatchObject({ now: false });
  });

  test('is readable again once the hold is lifted and every byte was hashed', async () => {
    const { plane, tags } = await mended();
    await liftAll(plane);

    await plane.verify();

    expect([plane.held(), same(tags())]).toEqual([[], ['registered']]);
    expect(plane.markOf(FRAUD)).toMatchObject({ altered: null, quarantinedAt: null });
    expect(plane.factsOf('verification.version-restored.v1')).toHaveLength(1);
  });

  test('is not readable before every byte was hashed, however the hold was lifted', async () => {
    const { plane, file, tags } = await mended();
    plane.corrupt(file, () => Buffer.from('poison!'));
    await liftAll(plane);

    await plane.verify();

    expect(same(tags())).toEqual(['quarantined']);
    expect(plane.held()).toHaveLength(1);
    expect(plane.markOf(FRAUD)?.altered?.reasons).toMatchObject([{ rule: 'verification.bytes-changed' }]);
  });

  test('is not held again afterwards', async () => {
    const { plane } = await mended();
    await liftAll(plane);

    for (let run = 0; run < 3; run++) await plane.verify();

    expect([plane.held(), plane.factsOf('hold.placed.v1').length]).toEqual([[], 1]);
  });

  test('keeps its readers from it while the list of holds cannot be read', async () => {
    const { plane, tags } = await mended();
    await liftAll(plane);
    plane.loseHolds();

    await expect(plane.verify()).rejects.toThrow('no list');

    expect(same(tags())).toEqual(['quarantined']);
  });

  test('is looked at to its last byte at once, when a person asks', async () => {
    const { plane, tags } = await mended();
    await liftAll(plane);

    const looked = await plane.verifyOne(FRAUD);

    expect(looked).toEqual({ checked: 1, failed: 0, altered: 0 });
    expect(same(tags())).toEqual(['registered']);
  });

  test('never kept from readers, is whole again when its bytes were hashed; only a person lifts the hold', async () => {
    const { plane, file, tags } = await watched();
    plane.serves.served = [FRAUD];
    plane.hide(file.key);
    await plane.verify();
    plane.erase({ key: file.key, versionId: plane.current(file.key)?.versionId ?? '' });

    await plane.verify();

    expect(plane.markOf(FRAUD)?.altered).toBeNull();
    expect([plane.held().length, same(tags())]).toEqual([1, ['registered']]);
  });
});

test('a hold that is lifted while the version is still altered is placed and paged anew', async () => {
  const { plane, file } = await watched();
  plane.hide(file.key);
  await plane.verify();
  await liftAll(plane);

  await plane.verify();

  expect(plane.held()).toHaveLength(1);
  expect(plane.factsOf('hold.placed.v1')).toHaveLength(2);
});

test('bytes that were found changed stay found, though no other look can see them', async () => {
  const { plane, file } = await watched({ rules: { idleMinutes: 10_000 } });
  plane.corrupt(file, () => Buffer.from('poison!'));
  await plane.verifyOne(FRAUD);

  for (let run = 0; run < 3; run++) await plane.verify();

  expect(plane.markOf(FRAUD)?.altered).toMatchObject({ now: true, reasonCount: 1 });
  expect(plane.factsOf('verification.version-restored.v1')).toEqual([]);
});

describe('what cannot be looked at', () => {
  const refused = Object.assign(new Error('Access Denied'), { name: 'AccessDenied' });

  test.each(['current', 'mark', 'keys', 'bytes'])('is no verdict: S3 refuses %s', async (call) => {
    const { plane, tags } = await watched();
    plane.faults.next = (made) => (made === call ? refused : undefined);

    await plane.verify();

    expect([plane.held(), plane.facts, same(tags())]).toEqual([[], [], ['registered']]);
    expect(plane.measured).toContainEqual(['VersionsUnverified', 1]);
  });

  test('is named with its cause and since when, until it can be looked at again', async () => {
    const { plane } = await watched();
    plane.faults.next = (made) => (made === 'current' ? refused : undefined);
    await plane.verify();
    const since = plane.time.now.toISOString();
    await plane.verify();
    const failed = plane.markOf(FRAUD)?.failed;
    plane.faults.next = undefined;

    await plane.verify();

    expect(failed).toEqual({ since, error: 'AccessDenied', cause: 'Access Denied' });
    expect(plane.markOf(FRAUD)?.failed).toBeNull();
  });

  test('forgives nothing that was found before', async () => {
    const { plane, file } = await watched();
    plane.hide(file.key);
    await plane.verify();
    plane.faults.next = () => refused;

    await plane.verify().catch(() => {});

    expect(plane.held()).toHaveLength(1);
    expect(plane.markOf(FRAUD)?.altered?.now).toBe(true);
  });

  test('does not keep the others from being looked at', async () => {
    const { plane, file } = await watched();
    await plane.register({ model: 'aaa', version: '1' });
    plane.serves.served = [{ model: 'aaa', version: '1' }];
    plane.hide(file.key);
    plane.faults.next = (_, key) => (key.startsWith('models/aaa/') ? refused : undefined);

    await plane.verify();

    expect(plane.held().map(({ scope }) => scope)).toEqual([FRAUD]);
  });

  test('with a key that was replaced is no verdict either', async () => {
    const { plane } = await watched();
    plane.trust.keys = p256Signer();

    await plane.verify();

    expect(plane.held()).toEqual([]);
    expect(plane.markOf(FRAUD)?.failed?.error).toBe('Verification.KeyNotAtHand');
  });
});

describe('keys', () => {
  const AT = new Date('2026-11-23T12:00:00Z');
  const expiresAt = '2026-12-31T00:00:00.000Z';
  const sealing = active(p256Signer(), { use: 'key-set' });

  test('that were replaced still count for what they signed', async () => {
    const signer = p256Signer();
    const { plane } = await watched({ signer });
    plane.trust.keys = { keys: keySetOf([active(p256Signer()), retired(signer), sealing], { expiresAt }), at: AT };

    await plane.verify();

    expect([plane.held(), plane.markOf(FRAUD)?.failed]).toEqual([[], null]);
  });

  test('that were revoked count for nothing: what they signed is held', async () => {
    const signer = p256Signer();
    const { plane } = await watched({ signer });
    plane.trust.keys = { keys: keySetOf([active(p256Signer()), revoked(signer), sealing], { expiresAt }), at: AT };

    await plane.verify();

    expect(plane.held()).toMatchObject([{ scope: FRAUD, effect: 'evict', reason: { rule: 'signing.key-revoked' } }]);
  });

  test('of before and after a rotation may both have signed a version: the one that stands counts', async () => {
    const [before, after] = [p256Signer(), p256Signer()];
    const plane = memoryVerification({ rules: { idleMinutes: 1 }, signer: before });
    const { record } = await plane.register(FRAUD);
    const signed = await memoryVerification({ signer: after }).register(FRAUD);
    const ref = { key: 'signing/after', digest: signed.record.evidence.bundle?.digest };
    plane.evidence.standing.set(ref.key, signed.text);
    plane.records.set(
      'fraud/1.0.0',
      RegisteredVersion.parse({ ...record, evidence: { ...record.evidence, bundle: ref } }),
    );
    plane.trust.keys = { keys: keySetOf([active(after), retired(before), sealing], { expiresAt }), at: AT };

    await plane.verify();

    expect([plane.held(), plane.markOf(FRAUD)?.failed]).toEqual([[], null]);
  });
});

test('when hundreds of versions change at once, the list of holds stays readable and everything pauses', async () => {
  const plane = memoryVerification({ rules: { idleMinutes: 1 } });
  const registered = await Promise.all(
    Array.from({ length: 104 }, (_, at) =>
      plane.register({ model: `m${at}`, version: '1' }, { 'manifest.json': '{}' }),
    ),
  );
  await plane.verify();
  for (const { record } of registered) plane.change(record.bundle, { mark: undefined });

  await plane.verify();
  await plane.verify();

  const held = plane.held();
  const everything = held.filter(({ scope }) => 'everything' in scope);
  expect(held).toHaveLength(101);
  expect(everything).toMatchObject([{ effect: 'pause', severity: 'page' }]);
  expect([...plane.marks.values()].filter(({ quarantinedAt }) => quarantinedAt !== null)).toHaveLength(104);
});

test('a run that dies anywhere is made up for by the next: one hold, the fact once, readers denied', async () => {
  const count = await watched();
  count.plane.hide(count.file.key);
  const before = count.plane.calls();
  await count.plane.verify();
  const calls = count.plane.calls() - before;

  for (let dies = 1; dies <= calls; dies++) {
    const { plane, file, tags } = await watched();
    plane.hide(file.key);
    let made = 0;
    plane.faults.next = () => (++made >= dies ? new Error('the process was killed') : undefined);
    await plane.verify().catch(() => {});
    plane.faults.next = undefined;
    await plane.verify();
    await plane.verify();

    expect(plane.held().map(({ scope }) => scope)).toEqual([FRAUD]);
    expect(plane.factsOf('verification.version-quarantined.v1')).toHaveLength(1);
    expect(plane.factsOf('verification.version-altered.v1').at(-1)).toMatchObject({ reasonCount: 1 });
    expect(same(tags())).toEqual(['quarantined']);
  }
});

test('two runs at once place one hold and tell once', async () => {
  const { plane, file } = await watched();
  plane.hide(file.key);

  await Promise.all([plane.verify(), plane.verify(0)]);
  await plane.verify();

  expect(plane.held()).toHaveLength(1);
  expect(plane.factsOf('hold.placed.v1')).toHaveLength(1);
  expect(plane.factsOf('verification.version-altered.v1')).toHaveLength(1);
});
