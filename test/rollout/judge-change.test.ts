import { describe, expect, test } from 'vitest';
import { HoldScope } from '../../core/hold/contract.ts';
import { ApiCall } from '../../core/kernel/api-call.ts';
import { digestOf } from '../../core/kernel/digest.ts';
import { RolloutRequested, rollout } from '../../core/rollout/contract.ts';
import type { Backend } from '../../core/rollout/deployment.ts';
import { judgeChange } from '../../core/rollout/judge-change.ts';
import { reconcileAll } from '../../core/rollout/reconcile-rollout.ts';
import { aliasUpdated, apiCall, type Called, sessionOf } from '../support/api-calls.ts';
import { interrupted, Killed } from '../support/interrupted.ts';
import { eva, type MemoryRollouts, memoryRollouts } from '../support/memory-rollouts.ts';
import { runToEnd, type Trigger } from '../support/rollout-workflow.ts';

const request = RolloutRequested.parse({ request: 'ci-1', model: 'fraud', version: '2.0.0', environment: 'prod' });
const SHIFTER = 'arn:aws:iam::111122223333:role/shift';

/** 2.0.0 was rolled out and serves everything, as Lambda version 2; 1.0.0, version 1, served before. */
const rolledOut = async (): Promise<MemoryRollouts> => {
  const plane = memoryRollouts();
  await runToEnd(plane, 'x1', { request, event: 'e1' });
  return plane;
};

/** Until its first step bakes. */
const runSome = (plane: MemoryRollouts, name: string, trigger: Trigger) =>
  runToEnd(plane, name, trigger, 12).catch((cause: Error) => {
    if (!cause.message.endsWith('does not end: wait')) throw cause;
  });

type Parts = Omit<Parameters<typeof aliasUpdated>[0], 'functionName'>;
const update = (parts: Parts, more: Parameters<typeof aliasUpdated>[1] = {}) =>
  aliasUpdated({ functionName: 'fraud', ...parts }, more);

const judge = (plane: MemoryRollouts, event: object) => judgeChange(plane)(ApiCall.parse(event));
const outcomes = async (plane: MemoryRollouts, event: object) =>
  (await judge(plane, event)).map(({ outcome }) => outcome);

const told = (plane: MemoryRollouts) =>
  plane.facts
    .filter(({ type }) => type === rollout.events.bypassed.type)
    .map(({ detail }) => rollout.events.bypassed.detail.parse(detail));
const standingHolds = (plane: MemoryRollouts) => plane.held.now().holds;
const serves = ({ target: { standing } }: MemoryRollouts) => [standing.primary.id, standing.canary?.backend.id];

const nameless = { id: '7' };
const unregistered = { id: '7', model: 'fraud', version: '3.0.0', root: digestOf('never handed in') };
const namesake = { id: '7', model: 'fraud', version: '2.0.0', root: digestOf('other bytes') };
const ofAnotherModel = { id: '7', model: 'churn', version: '2.0.0', root: digestOf('the bytes of version 2') };
const unpublished = { id: '$LATEST', model: 'fraud', version: '2.0.0', root: digestOf('the bytes of version 2') };

const STRANGE: readonly (readonly [string, { id: string } & Partial<Backend>, string])[] = [
  ['something that names no version', nameless, 'unnamed'],
  ['something of another model', ofAnotherModel, 'unnamed'],
  ['code that is not published, whatever it says of itself', unpublished, 'unnamed'],
  ['a version that is not registered', unregistered, 'unregistered'],
  ['other bytes under the name of a registered version', namesake, 'differs'],
];

describe.each(STRANGE)('%s, put behind the alias past the plane,', (_, stranger, outcome) => {
  test('is held to be evicted, told with who did it, and taken off by the reconciler', async () => {
    const plane = await rolledOut();
    plane.moveByHand(stranger);

    expect(await outcomes(plane, update({ version: stranger.id }))).toEqual([outcome]);
    await reconcileAll(plane)();

    const [hold] = standingHolds(plane);
    expect(hold).toMatchObject({
      scope: { model: 'fraud', environment: 'prod' },
      deployment: 'fraud-prod',
      effect: 'evict',
      severity: 'page',
      placedBy: { kind: 'signal', signal: 'rollout.bypassed' },
      runbook: 'rollout#traffic-was-moved-past-the-plane',
    });
    expect(hold?.reason.message).toContain('UpdateAlias20150331 by arn:aws:iam::111122223333:user/mallory');
    expect(told(plane)).toMatchObject([
      { outcome, effect: 'evict', hold: hold?.id, declared: ['2'], call: { by: expect.stringMatching(/mallory$/) } },
    ]);
    expect(serves(plane)).toEqual(['2', undefined]);
  });

  test('is found where it got a share of the traffic only', async () => {
    const plane = await rolledOut();
    plane.moveByHand(stranger, 0.1);

    expect(await outcomes(plane, update({ version: stranger.id, share: 0.1 }))).toEqual([outcome]);
    await reconcileAll(plane)();

    expect(serves(plane)).toEqual(['2', undefined]);
  });

  test('is taken off again when it is put there again under the same hold, without another call being told', async () => {
    const plane = await rolledOut();
    plane.moveByHand(stranger);
    await judge(plane, update({ version: stranger.id }));
    await reconcileAll(plane)();
    plane.moveByHand(stranger);

    await reconcileAll(plane)();

    expect(serves(plane)).toEqual(['2', undefined]);
  });
});

test('traffic is taken back however often the reconciler dies on the way', async () => {
  const broken = [];
  for (let call = 0; call < 60; call++) {
    const plane = await rolledOut();
    plane.moveByHand(unregistered);
    await judge(plane, update({ version: '7' }));
    let calls = 0;
    const mortal = interrupted(plane, async () => {
      if (calls++ === call) throw new Killed(`call ${call}`);
    });
    await reconcileAll(mortal)().catch(() => undefined);
    await reconcileAll(plane)();
    if (serves(plane)[0] !== '2' || plane.records.size !== 2) broken.push(call);
  }

  expect(broken).toEqual([]);
});

test('the verdict and the hold survive a death at any call, and a second delivery adds nothing', async () => {
  const broken = [];
  for (let call = 0; call < 20; call++) {
    const plane = await rolledOut();
    plane.moveByHand(unregistered);
    const event = update({ version: '7' });
    let calls = 0;
    const mortal = interrupted(plane, async () => {
      if (calls++ === call) throw new Killed(`call ${call}`);
    });
    await judge(mortal, event).catch(() => undefined);
    await judge(plane, event);
    const again = await outcomes(plane, event);
    if (again[0] !== 'known' || told(plane).length !== 1 || standingHolds(plane).length !== 1) broken.push(call);
  }

  expect(broken).toEqual([]);
});

test('a registered version that was moved by hand stays where it is, held until a person says so', async () => {
  const plane = await rolledOut();
  plane.versions.find = async ({ version }) => (version === '1.0.0' ? earlier(plane) : undefined);
  plane.moveByHand({ id: '1' });

  expect(await outcomes(plane, update({ version: '1' }))).toEqual(['moved']);
  await reconcileAll(plane)();

  expect(standingHolds(plane)).toMatchObject([{ effect: 'pause', severity: 'page' }]);
  expect(serves(plane)).toEqual(['1', undefined]);
});

/** The registration of 1.0.0, as what serves under that name says. */
const earlier = (plane: MemoryRollouts) => {
  const [record] = plane.records.values();
  const { root } = record?.flight?.baseline ?? {};
  if (root === undefined) throw new Error('the baseline has a root');
  return { ...REGISTERED, root };
};
const REGISTERED = {
  model: 'fraud',
  version: '1.0.0',
} as NonNullable<Awaited<ReturnType<MemoryRollouts['versions']['find']>>>;

test('a registered version that is held to be evicted and moved back by hand is evicted', async () => {
  const plane = await rolledOut();
  plane.versions.find = async ({ version }) => (version === '1.0.0' ? earlier(plane) : undefined);
  await plane.placeHold({
    scope: HoldScope.parse({ model: 'fraud', version: '1.0.0' }),
    effect: 'evict',
    severity: 'page',
    reason: { rule: 'registry.tampered', message: 'the bytes are not those that were signed' },
    placedBy: eva,
  });
  plane.moveByHand({ id: '1' });

  expect(await outcomes(plane, update({ version: '1' }))).toEqual(['held']);
  await reconcileAll(plane)();

  expect(serves(plane)).toEqual(['2', undefined]);
});

test('during a rollout what does not belong there is taken off, and the rollout goes back with it', async () => {
  const plane = memoryRollouts();
  plane.world.health = 'silent';
  await runSome(plane, 'x1', { request, event: 'e1' });
  plane.moveByHand(unregistered);

  expect(await outcomes(plane, update({ version: '7' }))).toEqual(['unregistered']);
  await reconcileAll(plane)();
  await reconcileAll(plane)();

  expect([...plane.records.values()].map(({ phase }) => phase)).toEqual(['rolled-back']);
  expect(serves(plane)).toEqual(['1', undefined]);
});

test('a rollout that takes off from a stranger does not make it declared: it goes back, and then the stranger goes', async () => {
  const plane = await rolledOut();
  plane.moveByHand(unregistered);
  const next = RolloutRequested.parse({ ...request, request: 'ci-2' });
  plane.world.health = 'silent';
  await runSome(plane, 'x2', { request: next, event: 'e2' });

  expect(await outcomes(plane, update({ version: '7' }, { at: '2026-11-23T09:59:00Z' }))).toEqual(['unregistered']);
  for (let looks = 0; looks < 4; looks++) await reconcileAll(plane)();

  expect(serves(plane)).toEqual(['2', undefined]);
});

describe('what the plane does itself', () => {
  const stampIn = (plane: MemoryRollouts) => plane.target.standing.stamp ?? '';

  test('is no bypass: its role, under the stamp of an intent that it recorded', async () => {
    const plane = await rolledOut();
    const event = update({ version: '2' }, { by: sessionOf(SHIFTER), description: stampIn(plane) });

    expect(await outcomes(plane, event)).toEqual(['intended']);
    expect([told(plane), standingHolds(plane)]).toEqual([[], []]);
  });

  test('is not what somebody does who borrows its role, or its stamp', async () => {
    const plane = await rolledOut();
    const borrowedRole = update(
      { version: '7' },
      { by: sessionOf(SHIFTER), description: 'clearance rollout x intent 1' },
    );
    const borrowedStamp = update({ version: '7' }, { description: stampIn(plane) });
    const future = stampIn(plane).replace(/\d+$/, '999');
    const inventedStamp = update({ version: '7' }, { by: sessionOf(SHIFTER), description: future });

    const seen = [];
    for (const event of [borrowedRole, borrowedStamp, inventedStamp]) seen.push(await outcomes(plane, event));

    expect(seen).toEqual([['undone'], ['undone'], ['undone']]);
  });

  test('is judged by what serves all the same: a stamp excuses no stranger', async () => {
    const plane = await rolledOut();
    const description = stampIn(plane);
    plane.moveByHand(nameless);

    const event = update({ version: '7' }, { by: sessionOf(SHIFTER), description });

    expect(await outcomes(plane, event)).toEqual(['unnamed']);
  });
});

test('a call that is told when what is declared serves again is a page, and the restoring call is none', async () => {
  const plane = await rolledOut();
  const away = update({ version: '7' });
  const back = update({ version: '2' });

  expect([await outcomes(plane, away), await outcomes(plane, back)]).toEqual([['undone'], ['restored']]);

  expect(standingHolds(plane)).toMatchObject([{ effect: 'pause', severity: 'page', count: 1 }]);
  expect(told(plane).map(({ outcome, effect }) => [outcome, effect])).toEqual([
    ['undone', 'pause'],
    ['restored', undefined],
  ]);
});

describe('a target that no rollout has been to yet', () => {
  const created = (version: string) =>
    apiCall({
      service: 'lambda',
      name: 'CreateAlias20150331',
      asked: { functionName: 'fraud', name: 'live', functionVersion: version },
    });
  const fresh = () => {
    const plane = memoryRollouts();
    plane.moveByHand({ id: '2' });
    return plane;
  };

  test('may serve a registered version from its creation', async () => {
    expect(await outcomes(fresh(), created('2'))).toEqual(['intended']);
  });

  test('may not serve what is not registered, and there is nothing to go back to', async () => {
    const plane = memoryRollouts();
    plane.moveByHand(unregistered);

    expect(await outcomes(plane, created('7'))).toEqual(['unregistered']);
    await reconcileAll(plane)();

    expect(standingHolds(plane)[0]?.reason.fix).toContain('nothing to go back to');
    expect(serves(plane)).toEqual(['7', undefined]);
  });

  test('is moved by nobody afterwards, CloudFormation included', async () => {
    expect(await outcomes(fresh(), update({ version: '2' }))).toEqual(['moved']);
  });
});

test('what a person let stay, and a rollout took off from, is no bypass when that rollout shifts', async () => {
  const plane = await rolledOut();
  plane.versions.find = async ({ version }) => (version === '1.0.0' ? earlier(plane) : undefined);
  plane.moveByHand({ id: '1' });
  await judge(plane, update({ version: '1' }));
  const [hold] = standingHolds(plane);
  await plane.liftHold({ id: hold?.id ?? '', by: eva, reason: 'an incident: 2.0.0 was slow' });
  const [first] = plane.records.values();
  if (first === undefined) throw new Error('there is a rollout');
  await plane.rollouts.open({
    ...first,
    id: 'second',
    phase: 'underway',
    share: 0,
    requestedAt: '2026-11-23T11:00:00.000Z',
  });

  const event = update(
    { version: '1' },
    { at: '2026-11-23T11:05:00.000Z', by: sessionOf(SHIFTER), description: 'clearance rollout second intent 1' },
  );

  expect(await outcomes(plane, event)).toEqual(['intended']);
});

describe('calls that are none of the plane’s business', () => {
  const asked = { functionName: 'fraud', name: 'live', functionVersion: '7' };
  const other = (change: Partial<Called>): Called => ({
    service: 'lambda',
    name: 'UpdateAlias20150331',
    asked,
    ...change,
  });

  test.each<[string, Called]>([
    ['of another function', other({ asked: { ...asked, functionName: 'fraud-report' } })],
    ['of another alias', other({ asked: { ...asked, name: 'beta' } })],
    ['in another region', other({ region: 'us-east-1' })],
    ['told by another account, of a function of its own with the same name', other({ account: '999988887777' })],
    ['that was refused', other({ errorCode: 'AccessDenied' })],
    ['that only looks', other({ name: 'GetAlias20150331' })],
    ['without a function', other({ asked: {} })],
    ['of a hostile shape', other({ asked: { functionName: { a: 1 }, name: ['live'], routingConfig: 'x' } })],
  ])('one %s is passed over', async (_, called) => {
    const plane = await rolledOut();
    plane.moveByHand(nameless);

    expect(await judge(plane, apiCall(called))).toEqual([]);
    expect(standingHolds(plane)).toEqual([]);
  });

  test.each([
    'fraud',
    'fraud:live',
    '111122223333:function:fraud',
    'arn:aws:lambda:eu-central-1:111122223333:function:fraud',
  ])('but %s is the function of the deployment', async (functionName) => {
    const plane = await rolledOut();
    plane.moveByHand(nameless);

    expect(await outcomes(plane, aliasUpdated({ functionName, version: '7' }))).toEqual(['unnamed']);
  });
});

describe('new code behind the alias', () => {
  const published = apiCall({
    service: 'lambda',
    name: 'UpdateFunctionCode20150331v2',
    asked: { functionName: 'arn:aws:lambda:eu-central-1:111122223333:function:fraud', publish: true },
  });

  test('is how a team publishes: nothing that serves changes', async () => {
    expect(await outcomes(await rolledOut(), published)).toEqual(['intended']);
  });

  test('changes what serves where the alias points at what is not published', async () => {
    const plane = await rolledOut();
    plane.moveByHand(unpublished);

    expect(await outcomes(plane, published)).toEqual(['unnamed']);
  });
});

test('a target that cannot be looked at any more is a page, and its traffic is left alone', async () => {
  const plane = await rolledOut();
  plane.world.reachable = false;
  const deleted = apiCall({
    service: 'lambda',
    name: 'DeleteAlias20150331',
    asked: { functionName: 'fraud', name: 'live' },
  });

  expect(await outcomes(plane, deleted)).toEqual(['unreachable']);

  expect(standingHolds(plane)).toMatchObject([{ effect: 'pause', severity: 'page' }]);
});

test('while the list of holds cannot be read nothing is judged, so that it is judged again', async () => {
  const plane = await rolledOut();
  plane.moveByHand(nameless);
  plane.held.lose();

  await expect(judge(plane, update({ version: '7' }))).rejects.toMatchObject({ name: 'Hold.ListUnreadable' });

  expect(told(plane)).toEqual([]);
});

test('a bypass of one deployment takes no traffic off another of the same model', async () => {
  const plane = await rolledOut();
  await plane.placeHold({
    scope: HoldScope.parse({ model: 'fraud', environment: 'prod' }),
    deployment: 'fraud-batch' as never,
    effect: 'evict',
    severity: 'page',
    reason: { rule: 'rollout.bypassed-unnamed', message: 'something serves' },
    placedBy: { kind: 'signal', signal: 'rollout.bypassed' },
  });

  await reconcileAll(plane)();

  expect(serves(plane)).toEqual(['2', undefined]);
});
