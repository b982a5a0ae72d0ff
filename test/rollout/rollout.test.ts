import { describe, expect, test } from 'vitest';
import { HoldScope } from '../../core/hold/contract.ts';
import { RolloutRequested, rollout } from '../../core/rollout/contract.ts';
import { lookAround } from '../../core/rollout/look.ts';
import { reconcileAll, reconcileRollout } from '../../core/rollout/reconcile-rollout.ts';
import { flightOf, stateOf } from '../../core/rollout/record.ts';
import { pauseRollout, resumeRollout, rollBackRollout } from '../../core/rollout/steer-rollout.ts';
import { takeTurn } from '../../core/rollout/take-turn.ts';
import { eva, type MemoryRollouts, memoryRollouts } from '../support/memory-rollouts.ts';
import { type Execution, execution, runState, runToEnd } from '../support/rollout-workflow.ts';

const request = RolloutRequested.parse({ request: 'ci-1', model: 'fraud', version: '2.0.0', environment: 'prod' });
const asked = { request, event: 'e1' };

const tell = ({ facts }: MemoryRollouts) => facts.map(({ type }) => type.replace(/^rollout\.|\.v1$/g, ''));
/** Every fact as its published contract reads it. */
const parsed = ({ facts }: MemoryRollouts) =>
  facts.flatMap(({ type, detail }) => {
    const event = Object.values(rollout.events).find((known) => known.type === type);
    return event === undefined ? [] : [event.detail.parse(detail)];
  });
const only = (plane: MemoryRollouts) => {
  const [record] = plane.records.values();
  if (record === undefined) throw new Error('there is no rollout');
  return record;
};
const shares = ({ target }: MemoryRollouts) => target.moves.map(({ share }) => share);

/** Runs an execution until its rollout is in this state. */
const until = async (plane: MemoryRollouts, state: string, share: number, it: Execution = execution('x1', asked)) => {
  for (let states = 0; states < 200; states++) {
    await runState(plane, it);
    const [record] = plane.records.values();
    if (record !== undefined && stateOf(record) === state && record.share === share) return it;
  }
  throw new Error(`never ${state} at ${share}`);
};

const holdFraud = (effect: 'pause' | 'evict', signal = 'drift.feature-shifted') => ({
  scope: HoldScope.parse({ model: 'fraud' }),
  effect,
  severity: 'page' as const,
  reason: { rule: signal, message: 'age: PSI 0.41' },
  placedBy: { kind: 'signal' as const, signal },
});
const idOf = (placed: Awaited<ReturnType<MemoryRollouts['placeHold']>>) =>
  placed.outcome === 'refused' ? '' : placed.hold.id;

describe('a rollout', () => {
  test('of a healthy version goes up step by step to everything, each shift once', async () => {
    const plane = memoryRollouts();

    await runToEnd(plane, 'x1', asked);

    expect(stateOf(only(plane))).toBe('completed');
    expect(shares(plane)).toEqual([0.1, 0.5, 1]);
    expect(tell(plane)).toEqual(['started', 'step-shifted', 'step-shifted', 'step-shifted', 'completed']);
    expect(plane.target.standing.primary.version).toBe('2.0.0');
    expect(parsed(plane)).toHaveLength(5);
  });

  test('of a version that fails is stopped at its first step and rolled back, with the numbers', async () => {
    const plane = memoryRollouts();
    plane.world.health = 'failing';

    await runToEnd(plane, 'x1', asked);

    expect(shares(plane)).toEqual([0.1, 0]);
    expect(tell(plane)).toEqual(['started', 'step-shifted', 'rolled-back']);
    const told = rollout.events.rolledBack.detail.parse(plane.facts.at(-1)?.detail);
    expect(told).toMatchObject({ by: { signal: 'rollout.judged-worse' } });
    expect(told.reasons.map(({ rule }) => rule)).toContain('rollout.canary-errors');
  });

  test('without traffic neither goes on nor back: a hold asks a human, and lifting it only buys time', async () => {
    const plane = memoryRollouts();
    plane.world.health = 'silent';

    await runToEnd(plane, 'x1', asked);
    const [hold] = plane.held.now().holds;
    const waiting = { state: stateOf(only(plane)), moves: shares(plane) };
    await plane.liftHold({ id: hold?.id ?? '', by: eva, reason: 'traffic comes at noon' });
    await reconcileAll(plane)();
    plane.world.health = 'healthy';
    await runToEnd(plane, 'x2', { rollout: only(plane).id });

    expect(hold).toMatchObject({ effect: 'pause', severity: 'ticket', reason: { rule: 'rollout.not-enough-data' } });
    expect(waiting).toEqual({ state: 'held', moves: [0.1] });
    expect(plane.started).toEqual([only(plane).id]);
    expect(stateOf(only(plane))).toBe('completed');
  });
});

test('how long a rollout has rested is measured at every look, and nothing once none rests', async () => {
  const plane = memoryRollouts();
  plane.world.health = 'silent';
  await runToEnd(plane, 'x1', asked);
  const since = Date.parse(only(plane).held?.at ?? '');

  plane.pass(5 * 3600);
  await reconcileAll(plane)();
  const resting = plane.measured.get('RolloutHeldLongest');
  plane.records.clear();
  await reconcileAll(plane)();

  expect(since).toBeGreaterThan(0);
  expect(resting).toBe((plane.clock.now().getTime() - since) / 1000);
  expect(plane.measured.get('RolloutHeldLongest')).toBe(0);
});

describe('requests', () => {
  test('that come twice are the same rollout', async () => {
    const plane = memoryRollouts();

    const first = execution('x1', asked);
    const second = execution('x2', { ...asked, event: 'e2' });
    await Promise.all([runState(plane, first), runState(plane, second)]);

    expect([first.outcome, second.outcome].toSorted()).toEqual(['claimed', 'steered-by-another']);
    expect(plane.records.size).toBe(1);
  });

  test('ten at once for one target are one rollout, and nine refusals that name it', async () => {
    const plane = memoryRollouts();
    const all = Array.from({ length: 10 }, (_, n) =>
      execution(`x${n}`, { request: { ...request, request: `ci-${n}` }, event: `e${n}` }),
    );

    await Promise.all(all.map((each) => runState(plane, each)));

    const claimed = all.filter(({ outcome }) => outcome === 'claimed');
    const refused = [...plane.records.values()].filter(({ phase }) => phase === 'refused');
    expect([claimed.length, refused.length]).toEqual([1, 9]);
    for (const { reasons } of refused)
      expect(reasons).toEqual([expect.objectContaining({ rule: 'rollout.target-busy', found: claimed[0]?.id })]);
    expect(tell(plane)).toEqual(Array(9).fill('refused'));
  });

  test.each([
    ['of a version that is not registered', { version: '3.0.0' }, ['rollout.not-registered', 'rollout.not-deployed']],
    ['into an environment without a deployment', { environment: 'moon' }, ['rollout.deployment-unknown']],
    ['to a deployment that is not there', { deployment: 'fraud-moon' }, ['rollout.deployment-unknown']],
  ])('%s are refused with every reason, and leave the target free', async (_, change, rules) => {
    const plane = memoryRollouts();

    const refused = await runToEnd(plane, 'x1', {
      request: RolloutRequested.parse({ ...request, ...change }),
      event: 'e',
    });
    const next = await runToEnd(plane, 'x2', asked);

    const [record] = plane.records.values();
    expect(refused.outcome).toBe('refused');
    expect(record?.reasons?.map(({ rule }) => rule)).toEqual(rules);
    expect(next.outcome).toBe('over');
  });

  test('that cannot be read are answered, and begin nothing', async () => {
    const plane = memoryRollouts();

    const it = await runToEnd(plane, 'x1', { request: { model: 'Fraud', version: '2.0.0' }, event: 'e1' });

    expect([it.outcome, plane.records.size]).toEqual(['malformed', 0]);
  });

  test('to a target that cannot be reached are refused', async () => {
    const plane = memoryRollouts();
    plane.world.reachable = false;

    const it = await runToEnd(plane, 'x1', asked);

    expect(it.outcome).toBe('refused');
    expect(only(plane).reasons).toMatchObject([{ rule: 'rollout.target-unusable' }]);
  });

  test('for what is served already, or to a target that somebody else splits, are refused', async () => {
    const plane = memoryRollouts();
    await runToEnd(plane, 'x1', asked);

    const again = await runToEnd(plane, 'x2', { request: { ...request, request: 'ci-2' }, event: 'e2' });

    expect(again.outcome).toBe('refused');
    expect([...plane.records.values()].at(-1)?.reasons).toMatchObject([{ rule: 'rollout.already-served' }]);
  });

  test('for something that names the version which serves are refused: its events would be those of the other', async () => {
    const plane = memoryRollouts();
    const { primary } = plane.target.standing;
    plane.target.standing = { ...plane.target.standing, primary: { ...primary, version: '2.0.0' } };

    const it = await runToEnd(plane, 'x1', asked);

    expect(it.outcome).toBe('refused');
    expect(only(plane).reasons).toMatchObject([{ rule: 'rollout.indistinguishable' }]);
  });

  test('under a hold are refused by admission, whatever the effect of the hold', async () => {
    for (const effect of ['pause', 'evict'] as const) {
      const plane = memoryRollouts();
      await plane.placeHold(holdFraud(effect));

      await runToEnd(plane, 'x1', asked);

      expect(only(plane)).toMatchObject({ phase: 'refused', reasons: [{ rule: 'admission.held' }] });
      expect(shares(plane)).toEqual([]);
    }
  });
});

describe('a hold', () => {
  test('during a bake stops every further shift until it is lifted', async () => {
    const plane = memoryRollouts();
    const it = await until(plane, 'baking', 0.1);
    const placed = await plane.placeHold(holdFraud('pause'));

    for (let states = 0; states < 50 && it.next !== 'done'; states++) await runState(plane, it);
    const resting = { outcome: it.outcome, state: stateOf(only(plane)), moves: shares(plane) };
    await plane.liftHold({ id: idOf(placed), by: eva, reason: 'mended' });
    const reconciled = await reconcileRollout(plane)(only(plane).id);
    await runToEnd(plane, 'x2', { rollout: only(plane).id });

    expect(resting).toEqual({ outcome: 'rest', state: 'held', moves: [0.1] });
    expect([reconciled, stateOf(only(plane))]).toEqual(['started', 'completed']);
    expect(tell(plane)).toEqual(expect.arrayContaining(['paused', 'hold.lifted', 'resumed', 'completed']));
    expect(parsed(plane)).toHaveLength(plane.facts.length - 2);
  });

  test('that stands is not overruled by a person who resumes, and moves nothing until it is lifted', async () => {
    const plane = memoryRollouts();
    const it = await until(plane, 'baking', 0.1);
    await pauseRollout(plane)({ rollout: only(plane).id, by: eva, reason: 'lunch' });
    const placed = await plane.placeHold(holdFraud('pause'));
    for (let states = 0; states < 50 && it.next !== 'done'; states++) await runState(plane, it);

    await resumeRollout(plane)({ rollout: only(plane).id, by: eva, reason: 'back' });
    const resumed = await reconcileRollout(plane)(only(plane).id);
    await runToEnd(plane, 'x2', { rollout: only(plane).id });
    const held = { state: stateOf(only(plane)), moves: shares(plane) };
    await plane.liftHold({ id: idOf(placed), by: eva, reason: 'mended' });

    expect([resumed, held]).toEqual(['resting', { state: 'held', moves: [0.1] }]);
    expect(await reconcileRollout(plane)(only(plane).id)).toBe('started');
  });

  test('between an intent and its shift keeps the shift from happening', async () => {
    const plane = memoryRollouts();
    const it = await until(plane, 'shifting', 0.1);
    await plane.placeHold(holdFraud('pause'));

    for (let states = 0; states < 50 && it.next !== 'done'; states++) await runState(plane, it);

    expect(plane.target.standing.canary?.share).toBe(0.1);
    expect(stateOf(only(plane))).toBe('held');
  });

  test('that evicts takes all traffic back at once, though the workflow waits', async () => {
    const plane = memoryRollouts();
    await until(plane, 'baking', 0.5);
    await plane.placeHold(holdFraud('evict', 'registry.tampered'));

    const reconciled = await reconcileRollout(plane)(only(plane).id);

    expect([reconciled, stateOf(only(plane)), plane.shareServed(only(plane))]).toEqual(['over', 'rolled-back', 0]);
  });

  test('that has expired holds nothing any more', async () => {
    const plane = memoryRollouts();
    const it = await until(plane, 'baking', 0.1);
    const soon = new Date(plane.clock.now().getTime() + 3_600_000).toISOString();
    await plane.placeHold({ ...holdFraud('pause'), expiresAt: soon });
    for (let states = 0; states < 50 && it.next !== 'done'; states++) await runState(plane, it);

    const early = await reconcileRollout(plane)(only(plane).id);
    plane.pass(3600);
    const late = await reconcileRollout(plane)(only(plane).id);

    expect([early, late]).toEqual(['resting', 'started']);
  });

  test('list that cannot be read stops everything and evicts nothing', async () => {
    const plane = memoryRollouts();
    const it = await until(plane, 'baking', 0.1);
    await plane.placeHold(holdFraud('evict'));
    plane.held.lose();

    for (let states = 0; states < 50 && it.next !== 'done'; states++) await runState(plane, it);
    const unread = { state: stateOf(only(plane)), served: plane.shareServed(only(plane)) };
    plane.held.mend();
    await reconcileRollout(plane)(only(plane).id);

    expect(unread).toEqual({ state: 'held', served: 0.1 });
    expect(stateOf(only(plane))).toBe('rolled-back');
  });
});

describe('a person', () => {
  const reason = 'the release is tonight';

  test('pauses before the next shift, and resumes', async () => {
    const plane = memoryRollouts();
    const it = await until(plane, 'baking', 0.1);

    const paused = await pauseRollout(plane)({ rollout: only(plane).id, by: eva, reason });
    for (let states = 0; states < 50 && it.next !== 'done'; states++) await runState(plane, it);
    const resting = { outcome: it.outcome, moves: shares(plane) };
    await resumeRollout(plane)({ rollout: only(plane).id, by: eva, reason: 'go' });
    const woken = await reconcileRollout(plane)(only(plane).id);
    await runToEnd(plane, 'x2', { rollout: only(plane).id });

    expect([paused.outcome, plane.woken.length]).toEqual(['done', 2]);
    expect(resting).toEqual({ outcome: 'rest', moves: [0.1] });
    expect([woken, stateOf(only(plane))]).toEqual(['started', 'completed']);
  });

  test.each([
    ['baking', 0.1],
    ['shifting', 0.1],
    ['shifting', 0],
    ['requested', 0],
    ['baking', 1],
  ] as const)('rolls back from %s at %d, and nobody can take that back', async (state, share) => {
    const plane = memoryRollouts();
    await until(plane, state, share);
    const before = shares(plane);

    await rollBackRollout(plane)({ rollout: only(plane).id, by: eva, reason });
    await resumeRollout(plane)({ rollout: only(plane).id, by: eva, reason: 'no, wait' });
    const outcome = await reconcileRollout(plane)(only(plane).id);
    const late = await pauseRollout(plane)({ rollout: only(plane).id, by: eva, reason });

    expect([outcome, stateOf(only(plane)), plane.shareServed(only(plane))]).toEqual(['over', 'rolled-back', 0]);
    expect(late.outcome).toBe('unchanged');
    expect(
      shares(plane)
        .slice(before.length)
        .filter((moved) => moved > 0),
    ).toEqual([]);
    expect(only(plane).reasons).toEqual([expect.objectContaining({ message: reason, found: eva.arn })]);
  });

  test('who changes the target by hand stops the rollout, and is not overruled until somebody lifts the hold', async () => {
    const plane = memoryRollouts();
    const it = await until(plane, 'baking', 0.1);
    const { primary, revision } = plane.target.standing;
    plane.target.standing = { primary, revision: `${revision}9`, stamp: plane.target.standing.stamp };

    for (let states = 0; states < 50 && it.next !== 'done'; states++) await runState(plane, it);
    const left = { moves: shares(plane), holds: plane.held.now().holds.map(({ reason: { rule } }) => rule) };
    await plane.liftHold({ id: plane.held.now().holds[0]?.id ?? '', by: eva, reason: 'restore it' });
    await runToEnd(plane, 'x2', { rollout: only(plane).id });

    expect(left).toEqual({ moves: [0.1], holds: ['rollout.target-moved'] });
    expect(shares(plane)).toEqual([0.1, 0.1, 0.5, 1]);
    expect(stateOf(only(plane))).toBe('completed');
  });
});

describe('whoever takes traffic off by hand', () => {
  /** All to the version before, as an update of an alias does it that leaves the description as it was. */
  const takeOff = ({ target }: MemoryRollouts) => {
    const { primary, revision, stamp } = target.standing;
    target.standing = { primary, revision: `${revision}9`, stamp };
  };
  const rest = async (plane: MemoryRollouts, it: Execution) => {
    for (let states = 0; states < 50 && it.next !== 'done'; states++) await runState(plane, it);
  };

  test('and places a hold is not overruled by a shift that was under way, until the hold is lifted', async () => {
    const plane = memoryRollouts();
    const it = await until(plane, 'shifting', 0.1);
    takeOff(plane);
    const placed = await plane.placeHold(holdFraud('pause'));

    await rest(plane, it);
    const held = { moves: shares(plane), state: stateOf(only(plane)), served: plane.shareServed(only(plane)) };
    await plane.liftHold({ id: idOf(placed), by: eva, reason: 'mended' });
    await runToEnd(plane, 'x2', { rollout: only(plane).id });

    expect(held).toEqual({ moves: [0.1], state: 'held', served: 0 });
    expect(stateOf(only(plane))).toBe('completed');
  });

  test('is not overruled when the version has lost its admission meanwhile', async () => {
    const plane = memoryRollouts();
    const it = await until(plane, 'baking', 0.5);
    takeOff(plane);
    await rest(plane, it);
    plane.world.admits = false;
    await plane.liftHold({ id: plane.held.now().holds[0]?.id ?? '', by: eva, reason: 'restore it' });

    await runToEnd(plane, 'x2', { rollout: only(plane).id });

    expect([shares(plane), plane.shareServed(only(plane))]).toEqual([[0.1, 0.5], 0]);
    expect([stateOf(only(plane)), only(plane).pause?.by]).toEqual([
      'held',
      { kind: 'signal', signal: 'admission.denied' },
    ]);
  });

  test('is not overruled by a restoration that a hold comes before', async () => {
    const plane = memoryRollouts();
    const it = await until(plane, 'baking', 0.5);
    takeOff(plane);
    await rest(plane, it);
    await plane.liftHold({ id: plane.held.now().holds[0]?.id ?? '', by: eva, reason: 'restore it' });
    const again = execution('x2', { rollout: only(plane).id });
    while (stateOf(only(plane)) !== 'shifting') await runState(plane, again);

    await plane.placeHold(holdFraud('pause'));
    await rest(plane, again);

    expect([shares(plane), plane.shareServed(only(plane))]).toEqual([[0.1, 0.5], 0]);
  });

  test('is not overruled when the workflow dies and its rollout goes to the last safe split', async () => {
    const plane = memoryRollouts();
    await until(plane, 'baking', 0.5);
    takeOff(plane);

    const outcome = await reconcileRollout(plane)(only(plane).id, 'x1');

    expect([outcome, shares(plane), plane.shareServed(only(plane))]).toEqual(['resting', [0.1, 0.5], 0]);
  });

  test('to something else altogether keeps that when the workflow dies before its first step was judged', async () => {
    const plane = memoryRollouts();
    await until(plane, 'baking', 0.1);
    const { standing } = plane.target;
    const hotfix = { ...standing.primary, id: '3', version: '3.0.0' };
    plane.target.standing = { primary: hotfix, revision: `${standing.revision}9`, stamp: standing.stamp };

    const outcome = await reconcileRollout(plane)(only(plane).id, 'x1');

    expect([outcome, shares(plane), plane.target.standing.primary.version]).toEqual(['resting', [0.1], '3.0.0']);
  });

  test('and is to have it restored has it restored only if no hold was placed since anybody looked', async () => {
    const plane = memoryRollouts();
    const it = await until(plane, 'baking', 0.5);
    takeOff(plane);
    await rest(plane, it);
    await plane.liftHold({ id: plane.held.now().holds[0]?.id ?? '', by: eva, reason: 'restore it' });
    const { record, world } = (await lookAround(plane, only(plane).id, plane.targets())) ?? expect.fail();
    await plane.placeHold(holdFraud('pause'));

    const taken = await takeTurn(plane.rollouts, record, { do: 'resume', assert: true }, world);

    expect([taken, only(plane).intent]).toEqual([false, undefined]);
  });
});

test('a rollout that cannot be read keeps no other from being brought home', async () => {
  const plane = memoryRollouts();
  await until(plane, 'baking', 0.1);
  const { rollouts } = plane;
  const find = async (id: string) => {
    if (id === 'broken') throw new Error('not a rollout');
    return rollouts.find(id);
  };
  const underway = async (atMost: number) => ['broken', ...(await rollouts.underway(atMost))];
  plane.pass(3600);

  const results = await reconcileAll({ ...plane, rollouts: { ...rollouts, find, underway } })();

  expect(results.map(({ outcome }) => outcome)).toEqual([{ failed: new Error('not a rollout') }, 'resting']);
  expect(plane.shareServed(only(plane))).toBe(0);
});

describe('traffic that somebody gave the new version by hand', () => {
  test('is evicted too, though the rollout itself had shifted nothing', async () => {
    const plane = memoryRollouts();
    const it = await until(plane, 'shifting', 0);
    const { standing } = plane.target;
    const { candidate } = flightOf(only(plane));
    plane.target.standing = { primary: candidate, revision: `${standing.revision}9`, stamp: standing.stamp };
    for (let states = 0; states < 50 && it.next !== 'done'; states++) await runState(plane, it);
    await plane.placeHold(holdFraud('evict', 'registry.tampered'));

    const outcome = await reconcileRollout(plane)(only(plane).id);

    expect([outcome, stateOf(only(plane)), plane.shareServed(only(plane))]).toEqual(['over', 'rolled-back', 0]);
  });
});

describe('admission on the way', () => {
  test('is asked again for a shift that could not be made before the yes ran out', async () => {
    const plane = memoryRollouts();
    const it = await until(plane, 'shifting', 0.1);
    const asked = plane.admitted.length;
    plane.pass(301);
    plane.world.admits = false;

    for (let states = 0; states < 50 && it.next !== 'done'; states++) await runState(plane, it);

    expect(plane.admitted.length).toBe(asked + 1);
    expect([stateOf(only(plane)), plane.shareServed(only(plane))]).toEqual(['held', 0.1]);
  });

  test('that says no stops the rollout where it is, for a human', async () => {
    const plane = memoryRollouts();
    const it = await until(plane, 'baking', 0.1);
    plane.world.admits = false;

    for (let states = 0; states < 50 && it.next !== 'done'; states++) await runState(plane, it);
    const stopped = { state: stateOf(only(plane)), pause: only(plane).pause?.reason.rule, moves: shares(plane) };
    plane.world.admits = true;
    await resumeRollout(plane)({ rollout: only(plane).id, by: eva, reason: 'the file is back' });
    await runToEnd(plane, 'x2', { rollout: only(plane).id });

    expect(stopped).toEqual({ state: 'held', pause: 'admission.quarantined', moves: [0.1] });
    expect(stateOf(only(plane))).toBe('completed');
  });
});

describe('a target that is lost on the way', () => {
  test.each([
    ['baking', 0.1],
    ['shifting', 0.1],
  ] as const)(
    'while %s at %d stops the rollout, for a human, and it goes on when the target is back',
    async (state, share) => {
      const plane = memoryRollouts();
      const it = await until(plane, state, share);
      plane.world.reachable = false;

      for (let states = 0; states < 50 && it.next !== 'done'; states++) await runState(plane, it);
      const stopped = { outcome: it.outcome, pause: only(plane).pause?.reason.message, owner: only(plane).owner };
      plane.world.reachable = true;
      await resumeRollout(plane)({ rollout: only(plane).id, by: eva, reason: 'the alias is back' });
      const reconciled = await reconcileRollout(plane)(only(plane).id);
      await runToEnd(plane, 'x2', { rollout: only(plane).id });

      expect(stopped).toEqual({ outcome: 'rest', pause: 'the alias live was deleted', owner: undefined });
      expect([reconciled, stateOf(only(plane))]).toEqual(['started', 'completed']);
    },
  );
});
