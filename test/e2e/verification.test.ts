import { PutObjectCommand } from '@aws-sdk/client-s3';
import { beforeAll, expect, test } from 'vitest';
import { registryApi, VersionStatus } from '../../core/registry/api.ts';
import type { Plane } from '../support/flight.ts';
import { eventually, sharedLocalAws } from '../support/local.ts';
import { onCallAt } from '../support/on-call.ts';
import { actingAsPerson, callAs } from '../support/people.ts';
import { operating } from '../support/rollout-orders.ts';
import { ask, flightOf, registered, requestFor, traffic, until } from '../support/rollouts.ts';
import { shareServed } from '../support/serving.ts';
import {
  bytesAs,
  changeBehindTheBack,
  eraseVersion,
  heldFor,
  hideObject,
  keyOf,
  markOf,
  saidOf,
  tagOf,
  untilHeld,
  verifyNow,
} from '../support/tampering.ts';

let plane: Plane;
let reader: Plane;
let pages: Awaited<ReturnType<typeof onCallAt>>;
let operator: ReturnType<typeof operating>;

const PATIENCE = 900_000;
const MODEL = 'model.joblib';

// With IAM enforced: what verification needs is what its one function may do.
beforeAll(async () => {
  plane = await sharedLocalAws('iam');
  reader = await actingAsPerson(plane, 'Reader');
  operator = operating(plane);
  pages = await onCallAt(plane, plane.outputs.PageTopicArn);
});

test.concurrent(
  'bytes that change behind the back of S3, under a version that serves, are found by the schedule, held, paged and rolled away',
  async () => {
    const flight = await flightOf(plane);
    const subject = { model: flight.model, version: '1.1.0' };
    const said = await saidOf(plane, subject, MODEL);
    {
      await using _ = traffic(plane, flight);
      const [id = ''] = await ask(plane, requestFor(flight));
      await until(plane, id, ['completed', 'rolled-back']);
    }
    const served = await shareServed(plane, flight);
    const { undo } = await changeBehindTheBack(plane, subject, MODEL);

    const hold = await untilHeld(plane, subject, 600_000);
    const [page] = await pages.heardOf(hold.id, 1);
    const away = await eventually('the version before to serve', async () =>
      (await shareServed(plane, flight)) === 0 ? true : undefined,
    );
    const denied = await eventually(
      'readers to be kept from it',
      async () => ((await tagOf(plane, subject, MODEL, said.VersionId)) === 'quarantined' ? true : undefined),
      { every: 500 },
    );

    expect(await saidOf(plane, subject, MODEL)).toEqual(said);
    expect(hold).toMatchObject({ effect: 'evict', severity: 'page', reason: { rule: 'verification.bytes-changed' } });
    expect(page?.Subject).toBe(`PAGE dev: ${subject.model} 1.1.0 is held, verification.version-altered`);
    expect(page?.Message).toContain('docs/runbooks/verification.md#a-registered-version-was-altered');
    expect([served, away, denied, await bytesAs(reader, subject, MODEL)]).toEqual([1, true, true, 'AccessDenied']);

    await undo();
    await operator.lift(hold.id);
    await verifyNow(plane, subject);

    expect([await bytesAs(reader, subject, MODEL), await heldFor(plane, subject)]).toEqual(['read', []]);
    expect(await markOf(plane, subject)).toMatchObject({ altered: null, quarantinedAt: null, failed: null });
  },
  PATIENCE,
);

/** What whoever owns the account can do with plain S3, past every policy. */
const ACTS: readonly [
  what: string,
  rule: string,
  act: (subject: { model: string; version: string }) => Promise<unknown>,
][] = [
  [
    'writes over a file',
    'file-overwritten',
    (subject) => {
      const Bucket = plane.outputs.ModelBucketName;
      return plane.s3.send(new PutObjectCommand({ Bucket, Key: keyOf(subject, MODEL), Body: 'poison' }));
    },
  ],
  ['deletes a file', 'file-hidden', (subject) => hideObject(plane, subject, MODEL)],
  [
    'deletes the registered version of a file',
    'file-gone',
    async (subject) => eraseVersion(plane, subject, MODEL, (await saidOf(plane, subject, MODEL)).VersionId),
  ],
  ['deletes the signature', 'file-hidden', (subject) => hideObject(plane, subject, 'model.sig')],
  [
    'makes a file of their own readable beside it',
    'file-added',
    (subject) => {
      const Bucket = plane.outputs.ModelBucketName;
      const Key = keyOf(subject, 'startup.py');
      return plane.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'import os', Tagging: 'clearance=registered' }));
    },
  ],
];

test.concurrent(
  'whatever the owner of the account does to a registered version is found, by name; the version beside it stays as it is',
  async () => {
    const found = await Promise.all(
      ACTS.map(async ([what, rule, act]) => {
        const { model } = await registered(plane);
        const subject = { model, version: '1.0.0' };
        await verifyNow(plane, subject);
        const before = await markOf(plane, subject);
        await act(subject);
        await verifyNow(plane, subject);
        const [hold, ...others] = await heldFor(plane, subject);
        const mark = await markOf(plane, subject);
        const beside = { model, version: '1.1.0' };
        await verifyNow(plane, beside);
        const { body } = await callAs(plane, 'Reader', registryApi.status, subject);
        return {
          what,
          clean: before?.altered === null && before.hashedAt !== null && before.failed === null,
          rules: mark?.altered?.reasons.map((reason) => reason.rule).includes(`verification.${rule}`),
          held: [hold?.effect, hold?.severity, others.length],
          quarantined: mark?.quarantinedAt !== null,
          told: VersionStatus.parse(JSON.parse(body)).verified?.alteredSince === mark?.altered?.since,
          beside: [(await heldFor(plane, beside)).length, (await markOf(plane, beside))?.altered],
        };
      }),
    );

    expect(found).toEqual(
      ACTS.map(([what]) => ({
        what,
        clean: true,
        rules: true,
        held: ['evict', 'page', 0],
        quarantined: true,
        told: true,
        beside: [0, null],
      })),
    );
  },
  PATIENCE,
);
