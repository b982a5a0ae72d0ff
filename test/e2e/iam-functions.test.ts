import { beforeAll, expect, test } from 'vitest';
import { actsOn, powersOf, publishCapture } from '../support/acts.ts';
import { actingAs } from '../support/callers.ts';
import { hostileModel, type Plane, submit } from '../support/flight.ts';
import { type Deployed, functionsOf } from '../support/functions.ts';
import { sharedLocalAws } from '../support/local.ts';
import { serveProbe } from '../support/serving.ts';

let plane: Plane;
let acts: ReturnType<typeof actsOn>;
let functions: ReadonlyMap<string, Deployed>;

beforeAll(async () => {
  plane = await sharedLocalAws('iam');
  functions = await functionsOf(plane);
  const shipped = hostileModel();
  const { versions } = await submit(plane, shipped, shipped.files);
  const [capture, target] = await Promise.all([publishCapture(plane), serveProbe(plane)]);
  const refused = { ...shipped, versions, capture, target };
  acts = actsOn(plane, refused, (entry) => functions.get(entry)?.name ?? '');
});

const BYTES = ['read an uncleared manifest', 'read uncleared bytes'];
const HOLDS = ['read holds', 'put a hold', 'tell a fact of holds', 'delete a hold'];
const ROLLOUTS = ['change rollouts', 'tell a fact of rollouts'];
const GOES_BY_KEYS = ['read which keys count'];
const ATTEMPTS = ['read attempts', 'change attempts'];

const powers: Record<string, string[]> = {
  'intake/claim-upload': ATTEMPTS,
  'intake/take-inventory': [
    'list uploads',
    'read an uncleared manifest',
    'put an answer',
    'read evidence',
    'keep a manifest',
    'keep an inventory',
    'keep a refusal',
    ...ATTEMPTS,
    'read the registry',
  ],
  'intake/digest-files': [...BYTES, 'read evidence', 'keep a refusal', 'keep digests', ...ATTEMPTS],
  'scanning/scan-files': [...BYTES, 'read evidence', 'keep a scan'],
  'gates/evaluate-gates': [...BYTES, 'read evidence', 'keep gate findings'],
  'policy/decide-registration': ['read evidence', 'keep a decision'],
  'signing/sign-version': ['read evidence', 'keep a bundle', 'sign'],
  'registry/reserve-version': ['read evidence', 'keep a registry refusal', 'read the registry', 'change the registry'],
  'intake/publish-version': [
    'mark a version',
    'publish an attestation',
    ...GOES_BY_KEYS,
    'put a signature',
    'read evidence',
  ],
  'registry/register-version': ['read evidence', 'read the registry', 'change the registry'],
  'intake/answer-upload': ['put an answer', ...ATTEMPTS],
  'intake/quarantine-version': [
    'list uploads',
    'mark a version',
    'put an answer',
    'read evidence',
    ...ATTEMPTS,
    'read the registry',
  ],
  'intake/sweep-uploads': [...ATTEMPTS, 'start intake'],
  'intake/recheck-upload': ['read attempts', 'read the registry', 'start intake'],
  'registry/publish-facts': ['put a fact on the bus'],
  'audit/sequence-facts': ['append to the log', 'sign the log', 'give out places in the log'],
  'audit/copy-log': ['append to the copy of the log'],
  'admission/admit-version': [
    ...GOES_BY_KEYS,
    'read evidence',
    'keep a verdict',
    'sign',
    'read the registry',
    'read holds',
    'tell a fact of rollouts',
  ],
  'admission/answer-admissions': ['read evidence', 'read a deployment', 'look at a target', 'ask for a verdict'],
  'registry/answer-query': ['read evidence', 'read attempts', 'read the registry', 'read verifications'],
  'telemetry/summarise': [
    'read evidence',
    'read the registry',
    'read a capture',
    'keep a summary',
    'read telemetry',
    'change telemetry',
  ],
  'telemetry/summarise-baseline': [...BYTES, 'read evidence', 'keep a baseline'],
  'telemetry/roll-up': ['keep a window', 'read telemetry', 'change telemetry'],
  'rollout/open-rollout': ['read the registry', 'read rollouts', 'read a deployment', 'look at a target', ...ROLLOUTS],
  'rollout/decide-step': [
    ...GOES_BY_KEYS,
    'read evidence',
    ...HOLDS,
    'read telemetry',
    'read rollouts',
    'read a deployment',
    'look at a target',
    ...ROLLOUTS,
  ],
  'rollout/shift-traffic': ['read holds', 'read rollouts', 'read a deployment', 'shift a target', ...ROLLOUTS],
  'rollout/reconcile-rollouts': [
    ...HOLDS,
    'read telemetry',
    'read rollouts',
    'read a deployment',
    'shift a target',
    'go on with a rollout',
    ...ROLLOUTS,
  ],
  'rollout/answer-rollouts': ['read holds', 'read rollouts', ...ROLLOUTS, 'reconcile'],
  'rollout/watch-calls': [
    'read the registry',
    ...HOLDS,
    'read rollouts',
    'read a deployment',
    'look at a target',
    'tell a fact of rollouts',
  ],
  'monitor/list-streams': ['read checks', 'read telemetry'],
  'monitor/check-stream': [
    'read evidence',
    'keep a check',
    'read the registry',
    'read holds',
    'read checks',
    'read telemetry',
  ],
  'monitor/record-check': ['read checks', 'change checks'],
  'monitor/answer-drift': ['read evidence', 'read holds', 'read checks'],
  'signing/publish-keys': ['publish keys', ...GOES_BY_KEYS, 'seal key sets'],
  'verification/verify-versions': [
    ...BYTES,
    'mark a version',
    ...GOES_BY_KEYS,
    'read evidence',
    'keep what was found altered',
    'read the registry',
    'read holds',
    'tell a fact of holds',
    'read verifications',
    'change verifications',
    'read rollouts',
    'read a deployment',
    'look at a target',
    'have a hold placed',
  ],
  'hold/place-hold': HOLDS,
  'hold/answer-holds': HOLDS,
  'hold/open-list': ['put a hold', 'tell a fact of holds'],
  'hold/tell-on-call': ['page somebody'],
};

test.each(Object.entries(powers))('%s gets done what it is for, and is refused all else', async (entry, expected) => {
  const who = await actingAs(plane, functions.get(entry)?.role ?? '');

  expect(await powersOf(who, acts)).toEqual(expected);
});

test('every function of the plane is put to that test, and every act is within the powers of one', () => {
  const within = new Set(Object.values(powers).flat());
  const beyondAll = [
    'upload a file',
    'list open uploads',
    'delete evidence',
    'write over the log',
    'hide a part of the log',
    'publish a capture',
    'replace the hash key',
    'call a step',
    'move an alias',
  ];

  expect([...functions.keys()].toSorted()).toEqual(Object.keys(powers).toSorted());
  expect(Object.keys(acts).filter((act) => !within.has(act))).toEqual(beyondAll);
});
