import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HoldScope } from '../../core/hold/contract.ts';
import { Failure } from '../../core/kernel/failure.ts';
import { RolloutRequested } from '../../core/rollout/contract.ts';
import { reconcileAll, reconcileRollout } from '../../core/rollout/reconcile-rollout.ts';
import { isOver, stateOf } from '../../core/rollout/record.ts';
import { refuseUnopened } from '../../core/rollout/refuse-unopened.ts';
import { pauseRollout, resumeRollout, rollBackRollout } from '../../core/rollout/steer-rollout.ts';
import { interrupted, Killed } from '../support/interrupted.ts';
import { eva, type MemoryRollouts, memoryRollouts } from '../support/memory-rollouts.ts';
import { type Execution, execution, runState, runToEnd, type Trigger } from '../support/rollout-workflow.ts';

const request = RolloutRequested.parse({ request: 'ci-1', model: 'fraud', version: '2.0.0', environment: 'prod' });
const asked = { request, event: 'e1' };
const other = { request: { ...request, request: 'ci-2' }, event: 'e2' };

const first = (plane: MemoryRollouts) => [...plane.records.values()][0];

/** Counts the calls of an actor and kills it at one of them. */
const killedAt = (plane: MemoryRollouts, call: number, moment: 'before' | 'after') => {
  let calls = 0;
  const labels: string[] = [];
  const actor = interrupted(plane, async (label, at) => {
    if (at !== moment) return;
    labels.push(label);
    if (calls++ === call) throw new Killed(label);
  });
  return { actor, labels };
};

/** Until nothing is left to do: everything held is lifted, everything paused resumed, every workflow run. */
const finish = async (plane: MemoryRollouts): Promise<void> => {
  plane.held.mend();
  for (let round = 0; round < 12; round++) {
    for (const { id } of plane.held.now().holds)
      await plane.liftHold({ id, by: eva, reason: 'at the end of the test' });
    for (const { id } of plane.records.values()) await resumeRollout(plane)({ rollout: id, by: eva, reason: 'go on' });
    plane.pass(RELIEF);
    await reconcileAll(plane)();
    for (const id of plane.started.splice(0)) await runToEnd(plane, `finish-${round}`, { rollout: id });
    if ([...plane.records.values()].every(isOver)) return;
  }
  throw new Error(`it does not end: ${[...plane.records.values()].map(stateOf)}`);
};
const RELIEF = 3600;

/** What has to be true whenever nobody is in the middle of something: the target serves what its last rollout says. */
const isConsistent = (plane: MemoryRollouts): void => {
  for (const record of plane.records.values()) {
    const isLast = plane.target.standing.stamp?.startsWith(`clearance rollout ${record.id} `);
    if (isLast && record.intent === undefined) expect(plane.shareServed(record)).toBeCloseTo(record.share, 9);
  }
};

describe('a workflow that is killed', () => {
  const trace = async (moment: 'before' | 'after') => {
    const plane = memoryRollouts();
    const { actor, labels } = killedAt(plane, Number.POSITIVE_INFINITY, moment);
    await runToEnd(actor, 'x1', asked);
    return labels;
  };

  test.each(['before', 'after'] as const)(
    'in any state, %s any of its calls, ends at its last safe split, and can be resumed to its end',
    async (moment) => {
      const labels = await trace(moment);
      expect(labels.length).toBeGreaterThan(60);

      for (const call of labels.keys()) {
        const plane = memoryRollouts();
        await expect(runToEnd(killedAt(plane, call, moment).actor, 'x1', asked)).rejects.toThrow(Killed);
        await refuseUnopened(plane)({ ...asked, execution: 'x1' });
        const record = first(plane);
        if (record?.phase === 'refused') {
          expect(record.reasons).toMatchObject([{ rule: 'rollout.workflow-ended', found: 'x1' }]);
          expect(plane.facts.map(({ type }) => type)).toEqual(['rollout.refused.v1']);
          expect((await runToEnd(plane, 'x2', asked)).outcome).toBe('refused');
          continue;
        }
        if (record === undefined) throw new Error(`nobody hears of a workflow that died at call ${call}`);

        plane.pass(RELIEF);
        await reconcileAll(plane)();

        const standing = first(plane) ?? record;
        isConsistent(plane);
        if (!isOver(standing)) {
          expect([standing.intent, standing.owner, standing.step]).toEqual([undefined, undefined, standing.safe]);
          expect([stateOf(standing), standing.pause?.reason.rule]).toEqual(['held', 'rollout.workflow-ended']);
        }
        await finish(plane);
        expect(first(plane)?.phase).toBe('completed');
        expect(plane.shareServed(first(plane) ?? record)).toBe(1);
      }
    },
  );

  test('is found at once when its end is announced, and not before its grace is over when it is not', async () => {
    const plane = memoryRollouts();
    const it = execution('x1', asked);
    for (let states = 0; states < 200 && first(plane)?.step !== 0; states++) await runState(plane, it);
    const id = first(plane)?.id ?? '';

    const unannounced = await reconcileRollout(plane)(id);
    const ofAnother = await reconcileRollout(plane)(id, 'x9');
    const announced = await reconcileRollout(plane)(id, 'x1');

    expect([unannounced, ofAnother, announced]).toEqual(['steered', 'steered', 'resting']);
    expect(plane.shareServed(first(plane) ?? fail())).toBe(0);
  });

  test('before it steers is not followed by the next at once, which would die of the same, but at the next look', async () => {
    const plane = memoryRollouts();
    const it = execution('x1', asked);
    for (let states = 0; states < 200 && first(plane)?.step !== 0; states++) await runState(plane, it);
    const id = first(plane)?.id ?? '';
    await pauseRollout(plane)({ rollout: id, by: eva, reason: 'lunch' });
    for (let states = 0; states < 50 && it.next !== 'done'; states++) await runState(plane, it);
    await resumeRollout(plane)({ rollout: id, by: eva, reason: 'go on' });

    const outcomes = [await reconcileRollout(plane)(id), await reconcileRollout(plane)(id, 'x2')];
    const started = [...plane.started];
    await reconcileAll(plane)();

    expect(outcomes).toEqual(['started', 'resting']);
    expect([started, plane.started]).toEqual([[id], [id, id]]);
  });

  test('and comes back as if nothing had happened has lost its rollout', async () => {
    const plane = memoryRollouts();
    const it = execution('x1', asked);
    for (let states = 0; states < 200 && first(plane)?.step !== 0; states++) await runState(plane, it);
    await reconcileRollout(plane)(first(plane)?.id ?? '', 'x1');

    for (let states = 0; states < 50 && it.next !== 'done'; states++) await runState(plane, it);

    expect([it.outcome, first(plane)?.share]).toEqual(['lost', 0]);
  });
});

describe('an actor that sleeps in the middle of a call', () => {
  const steps = async (plane: MemoryRollouts, it: Execution, count: number) => {
    for (let states = 0; states < count && it.next !== 'done'; states++) await runState(plane, it);
  };

  /** What the others do in the meantime, and what has to be true when everybody has finished. */
  const MEANWHILE: Readonly<Record<string, (plane: MemoryRollouts) => Promise<() => Promise<void>>>> = {
    'it is rolled back': async (plane) => {
      const id = first(plane)?.id ?? '';
      await rollBackRollout(plane)({ rollout: id, by: eva, reason: 'it smells' });
      await reconcileRollout(plane)(id);
      return async () => {
        const record = first(plane);
        if (record === undefined) return;
        expect([record.phase, plane.shareServed(record)]).toEqual(['rolled-back', 0]);
      };
    },
    'it is taken for dead, resumed, and given to another': async (plane) => {
      const id = first(plane)?.id ?? '';
      await reconcileRollout(plane)(id, 'x1');
      await resumeRollout(plane)({ rollout: id, by: eva, reason: 'go on' });
      const it = execution('x2', { rollout: id });
      await steps(plane, it, 4);
      return async () => {
        await steps(plane, it, 200);
        const record = first(plane);
        if (record === undefined) return;
        expect([it.outcome, record.phase, plane.shareServed(record)]).toEqual(['over', 'completed', 1]);
      };
    },
    'its traffic is evicted': async (plane) => {
      await human(plane, 'hold and evict');
      await reconcileAll(plane)();
      return async () => {
        await reconcileAll(plane)();
        const record = first(plane);
        if (record === undefined) return;
        expect(plane.shareServed(record)).toBe(0);
      };
    },
  };

  test.each(Object.keys(MEANWHILE))('undoes nothing when it wakes up: meanwhile %s', async (name) => {
    for (let call = 0; call < 240; call++) {
      const plane = memoryRollouts();
      let calls = 0;
      let check = async (): Promise<void> => {};
      const sleeper = interrupted(plane, async () => {
        if (calls++ !== call || first(plane) === undefined) return;
        check = (await MEANWHILE[name]?.(plane)) ?? check;
      });

      await runToEnd(sleeper, 'x1', asked);

      await check();
      isConsistent(plane);
    }
  });
});

const fail = (): never => {
  throw new Error('there is no rollout');
};

const OPS = [
  'pause',
  'resume',
  'roll back',
  'hold',
  'hold and evict',
  'lift',
  'lose the holds',
  'mend the holds',
  'let time pass',
  'break the version',
  'announce a death',
  'reconcile',
] as const;
type Op = (typeof OPS)[number];

const human = async (plane: MemoryRollouts, op: Op): Promise<void> => {
  const rollout = first(plane)?.id ?? '';
  const given = { rollout, by: eva, reason: op };
  const place = (effect: 'pause' | 'evict') =>
    plane.placeHold({
      scope: HoldScope.parse({ model: 'fraud' }),
      effect,
      severity: 'page',
      reason: { rule: 'drift.feature-shifted', message: 'age: PSI 0.41' },
      placedBy: { kind: 'signal', signal: `drift.${effect}` },
    });
  if (op === 'pause') await pauseRollout(plane)(given);
  if (op === 'resume') await resumeRollout(plane)(given);
  if (op === 'roll back') await rollBackRollout(plane)(given);
  if (op === 'hold') await place('pause');
  if (op === 'hold and evict') await place('evict');
  if (op === 'lift')
    for (const { id } of plane.held.now().holds) await plane.liftHold({ id, by: eva, reason: 'lifted' });
  if (op === 'lose the holds') plane.held.lose();
  if (op === 'mend the holds') plane.held.mend();
  if (op === 'let time pass') plane.pass(400);
  if (op === 'break the version') plane.world.health = 'failing';
  if (op === 'announce a death') await reconcileRollout(plane)(rollout, 'x1');
  if (op === 'reconcile') await reconcileAll(plane)();
};

describe('whatever happens at once, in whatever order', () => {
  test('no promise is broken on the way, and what is left can be brought to its end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.tuple(fc.nat(40), fc.constantFrom(...OPS)), { maxLength: 8 }),
        fc.array(fc.option(fc.nat(250), { nil: undefined }), { maxLength: 3 }),
        fc.array(fc.tuple(fc.nat(120), fc.nat(200)), { maxLength: 3 }),
        async (s, ops, kills, naps) => {
          const plane = memoryRollouts();
          const actorOf = (name: string, dies?: number, [nap, turns] = [-1, 0]) => {
            let calls = -1;
            return interrupted(plane, async (label, moment) => {
              calls += 1;
              for (let turn = 0; turn <= (calls === nap ? turns : 0); turn++)
                await s.schedule(Promise.resolve(), `${name} ${moment} ${label}`);
              if (calls === dies) throw new Killed(label);
            });
          };
          // A call may fail by name, or its process may end; anything else is a broken promise.
          const survive = async (run: Promise<unknown>): Promise<void> => {
            await run.catch((cause: unknown) => {
              if (!(cause instanceof Killed || cause instanceof Failure)) throw cause;
            });
          };
          const runs = async (name: string, trigger: Trigger, dies?: number, nap?: [number, number]) =>
            survive(runToEnd(actorOf(name, dies, nap), name, trigger, 60));
          const people = async () => {
            for (const [after, op] of ops) {
              for (let turns = 0; turns <= after; turns++) await s.schedule(Promise.resolve(), op);
              await survive(human(actorOf('human'), op));
              for (const id of plane.started.splice(0)) await runs(`x${plane.facts.length + 10}`, { rollout: id });
            }
          };

          await s.waitFor(
            Promise.all([
              runs('x1', asked, kills[0], naps[0]),
              runs('x2', { ...asked, event: 'again' }, kills[1], naps[1]),
              runs('x3', other, kills[2], naps[2]),
              people(),
            ]),
          );
          plane.held.mend();
          plane.pass(RELIEF);
          await reconcileAll(plane)();

          isConsistent(plane);
          const ending = [...plane.records.values()];
          expect(ending.filter((record) => !isOver(record)).length).toBeLessThanOrEqual(1);
          expect(plane.records.size).toBeLessThanOrEqual(2);

          await finish(plane);
          isConsistent(plane);
          const completed = [...plane.records.values()].filter(({ phase }) => phase === 'completed');
          expect(plane.target.standing.canary).toBeUndefined();
          expect(plane.target.standing.primary.version).toBe(completed.length > 0 ? '2.0.0' : '1.0.0');
          expect(new Set(plane.facts.map(({ id }) => id)).size).toBe(plane.facts.length);
        },
      ),
      { numRuns: 200 },
    );
  });
});
