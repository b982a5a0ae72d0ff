import { describe, expect, test } from 'vitest';
import { HoldScope } from '../../core/hold/contract.ts';
import { RolloutRequested, rollout } from '../../core/rollout/contract.ts';
import { reconcileAll } from '../../core/rollout/reconcile-rollout.ts';
import { interrupted, Killed } from '../support/interrupted.ts';
import { type MemoryRollouts, memoryRollouts } from '../support/memory-rollouts.ts';
import { runToEnd } from '../support/rollout-workflow.ts';

const request = RolloutRequested.parse({ request: 'ci-1', model: 'fraud', version: '2.0.0', environment: 'prod' });
const asked = { request, event: 'e1' };

describe('a hold that evicts a version which serves everything', () => {
  const evicting = (scope: object) => ({
    scope: HoldScope.parse(scope),
    effect: 'evict' as const,
    severity: 'page' as const,
    reason: { rule: 'registry.tampered', message: 'the bytes are not those that were signed' },
    placedBy: { kind: 'signal' as const, signal: 'registry.tampered' },
  });
  const second = { model: 'fraud', version: '2.0.0' };
  const completed = async () => {
    const plane = memoryRollouts();
    await runToEnd(plane, 'x1', asked);
    return plane;
  };
  const serves = ({ target }: MemoryRollouts) => target.standing.primary.version;

  test('takes all traffic back to the version before, once, and says why', async () => {
    const plane = await completed();
    const placed = await plane.placeHold(evicting(second));

    await reconcileAll(plane)();
    await reconcileAll(plane)();

    const back = rollout.events.rolledBack.detail.parse(plane.facts.at(-1)?.detail);
    expect([serves(plane), plane.records.size, plane.started]).toEqual(['1.0.0', 2, []]);
    expect(back).toMatchObject({ version: '2.0.0', by: { kind: 'signal', signal: 'rollout.evicted' } });
    expect(back.reasons).toMatchObject([
      {
        rule: 'rollout.held',
        message: expect.stringContaining('outcome' in placed && 'hold' in placed ? placed.hold.id : 'nothing'),
      },
    ]);
    expect([...plane.records.values()].map(({ phase }) => phase)).toEqual(['completed', 'rolled-back']);
  });

  test('does so however often the reconciler dies on the way', async () => {
    const broken = [];
    for (let call = 0; call < 60; call++) {
      const plane = await completed();
      await plane.placeHold(evicting(second));
      let calls = 0;
      const mortal = interrupted(plane, async () => {
        if (calls++ === call) throw new Killed(`call ${call}`);
      });
      await reconcileAll(mortal)().catch(() => undefined);
      await reconcileAll(plane)();
      if (serves(plane) !== '1.0.0' || plane.records.size !== 2) broken.push(call);
    }

    expect(broken).toEqual([]);
  });

  test.each([
    ['if the version before is evicted too', { model: 'fraud' }],
    ['of another version', { model: 'fraud', version: '3.0.0' }],
    ['in another environment', { ...second, environment: 'moon' }],
  ])('moves nothing %s', async (_, scope) => {
    const plane = await completed();
    await plane.placeHold(evicting(scope));

    await reconcileAll(plane)();

    expect([serves(plane), plane.records.size]).toEqual(['2.0.0', 1]);
  });

  test('moves nothing that no rollout brought there', async () => {
    const plane = await completed();
    const { standing } = plane.target;
    plane.target.standing = { ...standing, primary: { ...standing.primary, id: '9' }, revision: 'r99' };
    await plane.placeHold(evicting(second));

    await reconcileAll(plane)();

    expect([plane.target.standing.primary.id, plane.records.size]).toEqual(['9', 1]);
  });

  test('moves nothing while the list of holds cannot be read, and tells of a target that cannot be reached', async () => {
    const plane = await completed();
    await plane.placeHold(evicting(second));
    plane.held.lose();
    const unread = await reconcileAll(plane)();
    plane.held.mend();
    plane.world.reachable = false;
    const unreached = await reconcileAll(plane)();

    expect([unread, serves(plane)]).toEqual([[], '2.0.0']);
    expect(unreached).toMatchObject([{ rollout: 'fraud-prod', outcome: { failed: expect.any(Error) } }]);
  });
});
