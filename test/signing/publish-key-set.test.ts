import { describe, expect, test } from 'vitest';
import { KeyRules } from '../../core/signing/key-set.ts';
import { openKeySet } from '../../core/signing/open-key-set.ts';
import { type KeySetStore, type PublishKeysPorts, publishKeySet } from '../../core/signing/publish-key-set.ts';
import { idOf, sealed, type TestSigner } from '../support/key-sets.ts';
import { p256Signer } from '../support/p256-signer.ts';

const CURRENT = 'keys/key-set.json';
const START = new Date('2026-01-01T00:00:00.000Z');
const [first, second, root, heir] = [p256Signer(), p256Signer(), p256Signer(), p256Signer()];

/** Objects in memory, with what S3 promises about conditions. */
const memoryStore = () => {
  const objects = new Map<string, { body: string; tag: string }>();
  let writes = 0;
  const write = (key: string, body: string) => {
    writes += 1;
    objects.set(key, { body, tag: String(writes) });
  };
  const store: KeySetStore = {
    find: async (key) => objects.get(key),
    putOnce: async (key, body) => {
      if (!objects.has(key)) write(key, body);
      return objects.get(key)?.body ?? '';
    },
    replace: async (key, body, read) => {
      if (objects.get(key)?.tag !== read?.tag) return false;
      write(key, body);
      return true;
    },
  };
  return { store, objects, write, bodyOf: (key: string) => objects.get(key)?.body ?? '', writes: () => writes };
};

type About = { signer?: TestSigner; sealers?: TestSigner[]; rules?: object; now?: Date };
const ports = (
  store: KeySetStore,
  { signer = first, sealers = [root], rules = {}, now = START }: About = {},
): PublishKeysPorts => ({
  store,
  signer,
  sealers,
  logKeys: async () => ['clearance/dev+0123abcd+AQIDBA=='],
  clock: { now: () => now },
  plane: 'urn:clearance:stage:dev',
  rules: KeyRules.parse(rules),
});
const publish = (store: KeySetStore, about: About = {}) => publishKeySet(ports(store, about))();

const shown = (text: string, by = root) => {
  const opened = openKeySet({ text, anchor: { root: idOf(by) }, at: START });
  if (opened.outcome === 'invalid') throw new Error(JSON.stringify(opened.reasons));
  return opened.keys;
};

describe('publishing', () => {
  test('shows a set that the key for sets sealed, and keeps it under its number', async () => {
    const { store, bodyOf } = memoryStore();

    const published = await publish(store);

    expect(published).toEqual({ version: 1, rootKeyId: idOf(root), signingKeyId: idOf(first) });
    expect(shown(bodyOf(CURRENT)).version).toBe(1);
    expect(bodyOf('keys/key-set.1.json')).toBe(bodyOf(CURRENT));
  });

  test('writes nothing while nothing is new', async () => {
    const { store, writes } = memoryStore();
    await publish(store);
    const before = writes();

    expect(await publish(store)).toMatchObject({ version: 1 });

    expect(writes()).toBe(before);
  });

  test('moves on to another signing key, on which whoever believed the set before moves on too', async () => {
    const { store, bodyOf } = memoryStore();
    await publish(store);
    const before = shown(bodyOf(CURRENT));

    await publish(store, { signer: second });

    const opened = openKeySet({ text: bodyOf(CURRENT), anchor: { before }, at: START });
    expect(opened).toMatchObject({ outcome: 'valid', keys: { version: 2 } });
  });

  test('hands over to another key for sets: both seal, until the older one is taken out', async () => {
    const { store, bodyOf } = memoryStore();
    await publish(store);
    const before = shown(bodyOf(CURRENT));
    await publish(store, { sealers: [root, heir] });
    const between = shown(bodyOf(CURRENT), heir);

    const last = await publish(store, { sealers: [heir] });

    const open = (text: string, anchor: Parameters<typeof openKeySet>[0]['anchor']) =>
      openKeySet({ text, anchor, at: START }).outcome;
    expect(last).toMatchObject({ version: 3, rootKeyId: idOf(heir) });
    // Whoever was away reads what stood in between.
    expect(open(bodyOf(CURRENT), { before })).toBe('invalid');
    expect(open(bodyOf('keys/key-set.2.json'), { before })).toBe('valid');
    expect(open(bodyOf(CURRENT), { before: between })).toBe('valid');
  });

  test('shows again what somebody hid or set back', async () => {
    const { store, objects, bodyOf, write } = memoryStore();
    await publish(store);
    const old = bodyOf(CURRENT);
    await publish(store, { signer: second });
    const newest = bodyOf(CURRENT);

    for (const harm of [() => objects.delete(CURRENT), () => write(CURRENT, old)]) {
      harm();
      await publish(store, { signer: second });
      expect(bodyOf(CURRENT)).toBe(newest);
    }
  });

  test('builds on nothing that another key sealed, shown or numbered', async () => {
    const { store, bodyOf, write } = memoryStore();
    await publish(store);
    const forged = await sealed({ ...shown(bodyOf(CURRENT)), version: 2 }, p256Signer());

    write('keys/key-set.2.json', forged);
    await expect(publish(store)).rejects.toMatchObject({ name: 'Kernel.EvidenceAltered' });
    write(CURRENT, forged);
    await expect(publish(store)).rejects.toMatchObject({ name: 'Kernel.EvidenceAltered' });
  });

  test('renews a set that has expired', async () => {
    const { store, bodyOf } = memoryStore();
    await publish(store);
    const now = new Date('2027-01-01T00:00:00.000Z');

    await publish(store, { now });

    expect(openKeySet({ text: bodyOf(CURRENT), anchor: { root: idOf(root) }, at: now }).outcome).toBe('valid');
  });

  test('killed before or after any of its calls, it leaves a set that is believed and that the next run completes', async () => {
    for (let death = 0; death < 12; death += 1) {
      const { store, bodyOf } = memoryStore();
      await publish(store);
      const before = shown(bodyOf(CURRENT));
      let calls = 0;
      const mortal = Object.fromEntries(
        Object.entries(store).map(([name, call]) => [
          name,
          async (...input: never[]) => {
            if (calls++ === death) throw new Error('killed');
            const output = await (call as (...of: never[]) => Promise<unknown>)(...input);
            if (calls++ === death) throw new Error('killed');
            return output;
          },
        ]),
      ) as KeySetStore;
      await publish(mortal, { signer: second }).catch(() => {});
      expect(shown(bodyOf(CURRENT)).version).toBeGreaterThanOrEqual(1);

      await publish(store, { signer: second });

      expect(openKeySet({ text: bodyOf(CURRENT), anchor: { before }, at: START })).toMatchObject({
        outcome: 'valid',
        keys: { version: 2 },
      });
    }
  });

  test('ten at once, with two opinions on which key signs, end in one order of sets', async () => {
    const { store, bodyOf, objects } = memoryStore();
    const runs = Array.from({ length: 10 }, (_, index) => publish(store, { signer: index % 2 === 0 ? first : second }));

    await Promise.allSettled(runs);
    await publish(store, { signer: second });

    const versions = [...objects.keys()].length - 1;
    for (let version = 2; version <= versions; version += 1)
      expect(
        openKeySet({
          text: bodyOf(`keys/key-set.${version}.json`),
          anchor: { before: shown(bodyOf(`keys/key-set.${version - 1}.json`)) },
          at: START,
        }).outcome,
      ).toBe('valid');
    expect(bodyOf(CURRENT)).toBe(bodyOf(`keys/key-set.${versions}.json`));
    expect(shown(bodyOf(CURRENT)).keys.find(({ status, use }) => use === 'signing' && status === 'active')?.id).toBe(
      idOf(second),
    );
  });
});
