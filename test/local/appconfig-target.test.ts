import { GetDeploymentCommand, StopDeploymentCommand } from '@aws-sdk/client-appconfig';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TargetUnusable } from '../../core/rollout/failures.ts';
import type { Target } from '../../core/rollout/ports.ts';
import { appConfigTarget } from '../../functions/platform/appconfig-target.adapter.ts';
import { clientOptions } from '../../local/emulator.ts';
import { type Probed, startProbed } from '../support/probe.ts';
import { first, idOf, initialDocument, makeRouting, second } from '../support/routed.ts';

let aws: Probed;
beforeAll(async () => {
  aws = await startProbed();
});
afterAll(() => aws.stop());

const split = (share: number) => ({ baseline: idOf(first), candidate: idOf(second), share });
const stamp = (sequence: number) => `clearance rollout r intent ${sequence}`;

/** A routing document that stands, and the target that a rollout has of it. */
const standing = async (model: string) => {
  const routing = await makeRouting(aws, model);
  await routing.deploy(initialDocument(model));
  const target = appConfigTarget(routing.place, model, () => asRole());
  const stateOf = async (DeploymentNumber: number) => {
    const { ApplicationId, EnvironmentId } = routing;
    const named = { ApplicationId, EnvironmentId, DeploymentNumber };
    return (await routing.client.send(new GetDeploymentCommand(named))).State;
  };
  return { ...routing, target, stateOf };
};
const asRole = () => {
  const { endpoint, region, credentials } = clientOptions(aws);
  const expiration = new Date(Date.now() + 3_600_000);
  return { endpoint, region, credentials: async () => ({ ...credentials, sessionToken: '', expiration }) };
};
const revisionOf = async (target: Target): Promise<string> => (await target.current()).revision;

describe('a routing document', () => {
  test('is found as it stands, and its versions by what the deployment offers', async () => {
    const { target } = await standing('found');

    const { primary, canary, stamp: left } = await target.current();
    const offered = await target.find({ model: 'found', version: '2.0.0' });

    expect({ primary, canary, left }).toEqual({
      primary: { id: idOf(first), model: 'found', ...first },
      canary: undefined,
      left: undefined,
    });
    expect(offered).toEqual({ id: idOf(second), model: 'found', ...second });
    expect(await target.find({ model: 'found', version: '3.0.0' })).toBeUndefined();
    expect(await target.find({ model: 'other', version: '2.0.0' })).toBeUndefined();
  });

  test('is shifted step by step and all the way back, each with its stamp', async () => {
    const { target } = await standing('shifted');

    const shares: (number | string | undefined)[] = [];
    for (const [at, share] of [0.2, 0.5, 1, 0].entries()) {
      const move = share === 0 ? target.rollback : target.shift;
      expect(await move(split(share), stamp(at), await revisionOf(target))).toBe(true);
      const seen = await target.current();
      expect(seen.stamp).toBe(stamp(at));
      shares.push(seen.canary?.share ?? seen.primary.version);
    }

    expect(shares).toEqual([0.2, 0.5, '2.0.0', '1.0.0']);
  });

  test('is not touched by a shift that was decided before another', async () => {
    const { target } = await standing('fenced');
    const old = await revisionOf(target);
    await target.shift(split(0.2), stamp(1), old);

    const late = await target.shift(split(0.9), stamp(0), old);

    expect(late).toBe(false);
    expect((await target.current()).canary?.share).toBe(0.2);
  });

  test('is moved by one of ten that decided on the same look', async () => {
    const { target } = await standing('raced');
    const revision = await revisionOf(target);

    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => target.shift(split((n + 1) / 20), stamp(n), revision)),
    );

    const winner = answers.indexOf(true);
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect((await target.current()).stamp).toBe(stamp(winner));
  });

  test('that somebody reverts by hand has another revision, and what was decided before does not move it', async () => {
    const { target, client, ApplicationId, EnvironmentId } = await standing('reverted');
    await target.shift(split(0.2), stamp(1), await revisionOf(target));
    const before = await revisionOf(target);
    await client.send(
      new StopDeploymentCommand({ ApplicationId, EnvironmentId, DeploymentNumber: 2, AllowRevert: true }),
    );

    const moved = await target.shift(split(0.5), stamp(2), before);

    expect(moved).toBe(false);
    const { primary, stamp: left } = await target.current();
    expect([primary.version, left]).toEqual(['1.0.0', undefined]);
  });

  test('that was stored and never deployed changes nothing', async () => {
    const { target, store } = await standing('stored');
    const before = await target.current();

    await store('{}');

    expect(await target.current()).toEqual(before);
  });
});

describe('while a change by somebody else is under way', () => {
  const slow = { minutes: 30 };
  const canary = (model: string) =>
    JSON.stringify({
      schema_version: 1,
      model,
      sequence: 2,
      versions: [
        { ...first, weight: 100_000 },
        { ...second, weight: 900_000 },
      ],
    });

  test('what stood before still stands, and no shift is made', async () => {
    const { target, deploy, stateOf } = await standing('waiting');
    await deploy(canary('waiting'), slow);

    const shifted = await target.shift(split(0.5), stamp(1), await revisionOf(target));

    expect(shifted).toBe(false);
    expect((await target.current()).canary).toBeUndefined();
    expect(await stateOf(2)).toBe('DEPLOYING');
  });

  test.each([
    ['is being deployed', slow],
    ['bakes', { minutes: 0, bakeMinutes: 30 }],
  ])('the way back stops one that %s first', async (_, pace) => {
    const model = `stopped-${pace.minutes}`;
    const { target, deploy, stateOf } = await standing(model);
    await deploy(canary(model), pace);

    const back = await target.rollback(split(0), stamp(2), await revisionOf(target));

    expect(back).toBe(true);
    const { primary, canary: left, stamp: by } = await target.current();
    expect([primary.version, left, by]).toEqual(['1.0.0', undefined, stamp(2)]);
    expect(await stateOf(2)).toBe('ROLLED_BACK');
  });
});

describe('a target is unusable', () => {
  const unusable = (act: Promise<unknown>, said: RegExp) =>
    expect(act).rejects.toSatisfy((cause: Error) => cause instanceof TargetUnusable && said.test(cause.message));

  test('when its application is gone', async () => {
    const { place } = await standing('gone');
    const target = appConfigTarget({ ...place, applicationArn: `${place.applicationArn}x` }, 'gone', asRole);

    await unusable(target.current(), /cannot be reached/);
  });

  test('when no document was ever deployed', async () => {
    const { place } = await makeRouting(aws, 'bare');

    await unusable(appConfigTarget(place, 'bare', asRole).current(), /has no routing document/);
  });

  test('when what is deployed is no routing document, and it says what is wrong with it', async () => {
    const { target, deploy } = await standing('garbled');
    await deploy('{"weights":{}}');

    await unusable(target.current(), /\$\.schema_version: found nothing/);
  });

  test('when the document is of another model', async () => {
    const { target, deploy } = await standing('mistaken');
    await deploy(initialDocument('other'));

    await unusable(target.current(), /is of other/);
  });

  test('when something else was deployed into its environment', async () => {
    const { target, deploy, addProfile } = await standing('shared');
    await deploy('{}', undefined, await addProfile('other'));

    await unusable(target.current(), /not of its routing document/);
  });

  test('when its strategy is not there', async () => {
    const { place } = await standing('lost');
    const target = appConfigTarget({ ...place, strategy: 'abcdefg' }, 'lost', asRole);

    await unusable(target.shift(split(0.5), stamp(1), await revisionOf(target)), /abcdefg/);
  });
});
