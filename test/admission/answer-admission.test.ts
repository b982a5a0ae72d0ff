import { expect, test } from 'vitest';
import { admitVersion } from '../../core/admission/admit-version.ts';
import { answerAdmission } from '../../core/admission/answer-admission.ts';
import { AdmitRequest } from '../../core/admission/api.ts';
import { verifyVerdict } from '../../core/admission/verify-verdict.ts';
import type { Digest } from '../../core/kernel/digest.ts';
import type { Backend, Deployment } from '../../core/rollout/deployment.ts';
import { servedBehind } from '../../functions/admission/served-behind.ts';
import { admissible } from '../support/admissible.ts';

type Behind = Partial<Backend> | undefined;

/** The door of fraud-prod, behind which this stands. */
const door = async (behind: (root: Digest) => Behind = (root) => ({ root }), change: object = {}) => {
  const plane = await admissible();
  const deployment = { name: 'fraud-prod', model: 'fraud', environment: 'prod', ...change } as Deployment;
  const looked: unknown[] = [];
  const backend = behind(plane.version.root);
  const answer = answerAdmission({
    admit: admitVersion(plane.ports),
    evidence: plane.evidence,
    servedBehind: servedBehind({
      deployments: { find: async (name) => (name === deployment.name ? deployment : undefined) },
      targets: () => ({
        find: async (subject) => {
          looked.push(subject);
          return backend === undefined ? undefined : { id: '2', ...backend };
        },
        current: () => Promise.reject(new Error('nobody should need the split')),
      }),
    }),
  });
  const asked = { model: 'fraud', version: '1.4.0', environment: 'prod' };
  const ask = (more: object = {}) => answer(AdmitRequest.parse({ ...asked, ...more }), 'api-1');
  return { plane, ask, looked };
};

const rulesOf = (response: Awaited<ReturnType<Awaited<ReturnType<typeof door>>['ask']>>) =>
  response?.answer.reasons.map(({ rule }) => rule);

test('without a deployment no target is looked at, and the verdict opens no door of one', async () => {
  const { plane, ask, looked } = await door();

  const response = await ask();

  const expected = { model: 'fraud', version: '1.4.0', root: plane.version.root, environment: 'prod' };
  const opens = (target: string | null) =>
    verifyVerdict(response?.bundle ?? '', plane, { ...expected, target }, plane.now()).outcome;
  expect([opens(null), opens('fraud-prod')]).toEqual(['valid', 'invalid']);
  expect(looked).toEqual([]);
});

test('with a deployment the verdict is for its door, if the registered bytes stand behind it', async () => {
  const { plane, ask, looked } = await door();

  const response = await ask({ deployment: 'fraud-prod' });

  const expected = { model: 'fraud', version: '1.4.0', root: plane.version.root, environment: 'prod' };
  const opens = (target: string | null) =>
    verifyVerdict(response?.bundle ?? '', plane, { ...expected, target }, plane.now()).outcome;
  expect([opens('fraud-prod'), opens(null)]).toEqual(['valid', 'invalid']);
  expect(looked).toEqual([{ model: 'fraud', version: '1.4.0' }]);
});

test.each<[string, (root: Digest) => Behind]>([
  [
    'other bytes under its name',
    (root) => ({ root: `${root.slice(0, -1)}${root.endsWith('0') ? '1' : '0'}` as Digest }),
  ],
  ['something that names no digest', () => ({})],
  ['nothing of this version', () => undefined],
])('a target that would serve %s is a no', async (_, behind) => {
  const { ask } = await door(behind);

  expect(rulesOf(await ask({ deployment: 'fraud-prod' }))).toEqual(['admission.served-differs']);
});

test.each<[string, object, object]>([
  ['nobody knows', {}, { deployment: 'fraud-mars' }],
  ['serves another model', { model: 'churn' }, { deployment: 'fraud-prod' }],
  ['stands in another environment', { environment: 'lab' }, { deployment: 'fraud-prod' }],
])('a deployment that %s has no door to ask about', async (_, change, asked) => {
  const { ask, looked, plane } = await door(undefined, change);

  expect(await ask(asked)).toBeUndefined();
  expect(looked).toEqual([]);
  expect(plane.facts).toEqual([]);
});

test('a version that is not registered has no signed document', async () => {
  const { ask } = await door();

  expect(await ask({ version: '9' })).toMatchObject({ answer: { outcome: 'deny', verdict: null }, bundle: null });
});
