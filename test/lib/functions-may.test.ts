import { expect, test } from 'vitest';
import { may } from '../support/iam.ts';
import { findResource, fullestTemplate, resourcesOf, type Template } from '../support/plane.ts';
import { powersOf } from '../support/powers.ts';

const template = fullestTemplate();
const roleOf = (name: string) => findResource(template, 'AWS::IAM::Role', `${name}Role`)[0];

const OBJECTS = ['decrypt objects', 'encrypt objects'];
const ITEMS = ['decrypt items', 'encrypt items'];
const ATTEMPTS = ['read attempts', 'change attempts', ...ITEMS];
const ROLLOUTS = ['read rollouts', 'change rollouts', 'tell a fact of rollouts', ...ITEMS];
const HOLDS = [
  'read holds',
  'change holds',
  'put a hold',
  'take a hold from the list',
  'tell a fact of holds',
  ...ITEMS,
];
const ANSWERS = ['put an answer', 'read an answer'];
const READS_REGISTRY = ['read the registry', 'decrypt items'];
const CHANGES_REGISTRY = [
  'change the registry',
  'change a registered version',
  'say of a fact that it is logged',
  'encrypt items',
];
/** Which keys count, and the one key by which that is believed. */
const GOES_BY_KEYS = ['read which keys count', 'read the key for sets'];
const READS_BYTES = [
  'read an uncleared manifest',
  'read uncleared bytes',
  'read quarantined bytes',
  'read registered bytes',
];

const POWERS: [string, string[]][] = [
  ['ClaimUpload', ATTEMPTS],
  [
    'TakeInventory',
    [
      'list uploads',
      'read an uncleared manifest',
      ...ANSWERS,
      'read evidence',
      'keep a manifest',
      'keep an inventory',
      'keep a refusal',
      ...ATTEMPTS,
      ...READS_REGISTRY,
      ...OBJECTS,
    ],
  ],
  [
    'DigestFiles',
    [...READS_BYTES, 'read a mark', 'read evidence', 'keep digests', 'keep a refusal', ...ATTEMPTS, ...OBJECTS],
  ],
  ['ScanFiles', [...READS_BYTES, 'read evidence', 'keep a scan', ...OBJECTS]],
  ['EvaluateGates', [...READS_BYTES, 'read evidence', 'keep gate findings', ...OBJECTS]],
  ['DecideRegistration', ['read evidence', 'keep a decision', ...OBJECTS]],
  ['SignVersion', ['read evidence', 'keep a bundle', 'sign', 'read the public key', ...OBJECTS]],
  [
    'PublishKeys',
    [
      'publish keys',
      'read which keys count',
      'seal key sets',
      'read the key for sets',
      'read the public key',
      'read the key of the log',
      ...OBJECTS,
    ],
  ],
  ['ReserveVersion', ['read evidence', 'keep a registry refusal', ...READS_REGISTRY, ...CHANGES_REGISTRY, ...OBJECTS]],
  [
    'PublishVersion',
    [
      'put a signature',
      'read a signature',
      'publish an attestation',
      'read an attestation',
      'read a mark',
      'mark a version',
      'read evidence',
      ...GOES_BY_KEYS,
      ...OBJECTS,
    ],
  ],
  ['RegisterVersion', ['read evidence', ...READS_REGISTRY, ...CHANGES_REGISTRY, 'decrypt objects']],
  ['AnswerUpload', [...ANSWERS, ...ATTEMPTS, ...OBJECTS]],
  [
    'QuarantineVersion',
    [
      'list uploads',
      'read a mark',
      'mark a version',
      ...ANSWERS,
      'read evidence',
      ...ATTEMPTS,
      ...READS_REGISTRY,
      ...OBJECTS,
    ],
  ],
  ['SweepUploads', [...ATTEMPTS, 'list open attempts', 'start intake']],
  ['RecheckUpload', ['read attempts', ...READS_REGISTRY, 'read a mark', 'start intake', 'take arrived files']],
  ['PublishFacts', ['follow changes', 'decrypt items', 'put a fact on the bus', 'keep what was not published']],
  [
    'SequenceFacts',
    [
      'follow changes',
      'list facts that are not logged',
      'say of a fact that it is logged',
      'give out places in the log',
      'read the log',
      'append to the log',
      'replace the checkpoint',
      'sign the log',
      'read the key of the log',
      ...ITEMS,
      ...OBJECTS,
    ],
  ],
  [
    'CopyLog',
    [
      'read the log',
      'read the copy of the log',
      'append to the copy of the log',
      'read the key of the log',
      ...OBJECTS,
    ],
  ],
  [
    'AdmitVersion',
    [
      ...READS_REGISTRY,
      'read holds',
      'read a mark',
      'read evidence',
      'keep a verdict',
      'sign',
      'read the public key',
      ...GOES_BY_KEYS,
      'tell a fact of rollouts',
      'encrypt items',
      ...OBJECTS,
    ],
  ],
  [
    'AnswerAdmissions',
    [
      'ask for a verdict',
      'read evidence',
      'decrypt objects',
      'read a deployment',
      'list deployments',
      'look at a target',
    ],
  ],
  [
    'AnswerQuery',
    [
      'read attempts',
      'read verifications',
      ...READS_REGISTRY,
      'follow lineage downstream',
      'read evidence',
      'decrypt objects',
      'read the public key',
    ],
  ],
  [
    'Summarise',
    [
      'read a capture',
      'mark a capture',
      'read a summary',
      'keep a summary',
      'read the hash key',
      'make the hash key',
      'use the hash key',
      'read telemetry',
      'change telemetry',
      'take arrived captures',
      'read evidence',
      ...READS_REGISTRY,
      'encrypt items',
      ...OBJECTS,
    ],
  ],
  [
    'SummariseBaseline',
    [
      ...READS_BYTES,
      'read evidence',
      'read a baseline',
      'keep a baseline',
      'read the hash key',
      'make the hash key',
      'use the hash key',
      ...OBJECTS,
    ],
  ],
  [
    'RollUp',
    [
      'read a summary',
      'read a window',
      'keep a window',
      'read telemetry',
      'list what is due',
      'change telemetry',
      ...ITEMS,
      ...OBJECTS,
    ],
  ],
  ['ListStreams', ['read checks', 'read telemetry', 'list deployments', 'decrypt items']],
  [
    'CheckStream',
    [
      'read checks',
      'read holds',
      'read telemetry',
      'read a summary',
      'read a window',
      'read a baseline',
      'list objectives',
      'read evidence',
      'keep a check',
      ...READS_REGISTRY,
      ...OBJECTS,
    ],
  ],
  ['RecordCheck', ['read checks', 'change checks', ...ITEMS]],
  ['AnswerDrift', ['read checks', 'read holds', 'read evidence', 'decrypt items', 'decrypt objects']],
  ['OpenRollout', [...ROLLOUTS, ...READS_REGISTRY, 'read a deployment', 'list deployments', 'look at a target']],
  [
    'DecideStep',
    [
      ...ROLLOUTS,
      ...HOLDS,
      'prove the holds unchanged',
      'read a deployment',
      'list deployments',
      'look at a target',
      'read telemetry',
      'read evidence',
      ...GOES_BY_KEYS,
      'decrypt objects',
    ],
  ],
  ['ShiftTraffic', [...ROLLOUTS, 'read holds', 'read a deployment', 'list deployments', 'shift a target']],
  [
    'ReconcileRollouts',
    [
      ...ROLLOUTS,
      ...HOLDS,
      'list open rollouts',
      'read a deployment',
      'list deployments',
      'shift a target',
      'read telemetry',
      'go on with a rollout',
    ],
  ],
  ['AnswerRollouts', [...ROLLOUTS, 'list open rollouts', 'read holds', 'reconcile']],
  [
    'WatchCalls',
    [
      ...HOLDS,
      ...READS_REGISTRY,
      'read rollouts',
      'tell a fact of rollouts',
      'read a deployment',
      'list deployments',
      'look at a target',
    ],
  ],
  ['ImportFindings', ['give a finding to Security Hub']],
  ['PlaceHold', HOLDS],
  [
    'VerifyVersions',
    [
      ...READS_BYTES,
      'read the latest uncleared bytes',
      'read a signature',
      'read a mark',
      'mark a version',
      'read evidence',
      'keep what was found altered',
      'read verifications',
      'change verifications',
      ...READS_REGISTRY,
      'follow lineage downstream',
      'read rollouts',
      'list open rollouts',
      'read a deployment',
      'list deployments',
      'look at a target',
      'read holds',
      'have a hold placed',
      'tell a fact of holds',
      ...GOES_BY_KEYS,
      'encrypt items',
      ...OBJECTS,
    ],
  ],
  ['AnswerHolds', HOLDS],
  ['OpenList', ['put a hold', 'tell a fact of holds', ...ITEMS]],
  [
    'TellOnCall',
    [
      'take facts about holds',
      'read what was told',
      'record what was told',
      'page',
      'write a ticket',
      'encrypt messages',
      ...ITEMS,
    ],
  ],
];

test.each(POWERS)('%s may do what it is for, and nothing else', (name, powers) => {
  const found = powersOf(template, roleOf(name));

  expect(found.sort()).toEqual([...new Set(powers)].sort());
});

test('every function is in the table above', () => {
  expect(resourcesOf(template, 'AWS::Lambda::Function')).toHaveLength(POWERS.length);
});

const mayDoAnything = (name: string, service: string): Template => {
  const planted = structuredClone(template);
  const [, policy] = findResource(planted, 'AWS::IAM::Policy', name);
  const document = policy.Properties.PolicyDocument as { Statement: object[] };
  document.Statement.push({ Effect: 'Allow', Action: `${service}:*`, Resource: '*' });
  return planted;
};

test('an administrator of EventBridge tells no fact: the bus takes the word of the publisher alone', () => {
  const powers = powersOf(mayDoAnything('ScanFiles', 'events'), roleOf('ScanFiles'));

  expect(powers).toContain('request a rollout');
  expect(powers).not.toContain('put a fact on the bus');
});

test('nobody but the signers signs, even with permission to use every key', () => {
  const powers = powersOf(mayDoAnything('ScanFiles', 'kms'), roleOf('ScanFiles'));

  expect(powers).toContain('disable the signing key');
  expect(powers).not.toContain('sign');
});

test('an administrator of S3 reads no uncleared bytes and forges neither marks, signatures, answers nor evidence', () => {
  const added = powersOf(mayDoAnything('AnswerQuery', 's3'), roleOf('AnswerQuery')).filter(
    (power) => !powersOf(template, roleOf('AnswerQuery')).includes(power),
  );

  expect(added).toEqual([
    'list uploads',
    'read registered bytes',
    'upload a file',
    'list open uploads',
    'look into an open upload',
    'give up an upload',
    'read a signature',
    'read an attestation',
    'read a mark',
    'delete an upload',
    'read an answer',
    'change the bucket policy',
    // Object Lock is what refuses this, and no policy says so.
    'delete evidence',
    'publish a capture',
    'mark a capture',
    'read a summary',
    'read a window',
    'read a baseline',
    'read the hash key',
    'read which keys count',
    'read the log',
    'read the copy of the log',
  ]);
});

test('the model of IAM refuses plain HTTP', () => {
  const [evidence] = findResource(template, 'AWS::S3::Bucket', 'Evidence');
  const request = { action: 's3:GetObject', resource: `<${evidence}.Arn>/intake/iris/1.0.0/attempt/0/scan.json` };
  const overHttp = { ...request, context: { 'aws:SecureTransport': 'false' } };

  const answers = [request, overHttp].map((asked) => may(template, roleOf('EvaluateGates'), asked));

  expect(answers).toEqual([true, false]);
});
