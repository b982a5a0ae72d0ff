import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CAN_BE_FINDINGS, FindingRaised, productArn } from '../../core/security/contract.ts';
import { raiseFinding } from '../../core/security/raise-finding.ts';
import { READERS } from '../../core/security/suspicions.ts';
import { eventContracts } from '../contract/guards/contracts.ts';
import { readSources } from '../contract/guards/source.ts';

const product = productArn({ partition: 'aws', region: 'eu-central-1', account: '111122223333' });
const goldens = new Map(
  [...readSources('events/**/*.json')].map(([path, text]) => [
    path.slice('events/'.length, -'.json'.length).replaceAll('/', '.'),
    JSON.parse(text) as Record<string, unknown>,
  ]),
);
const golden = (type: string) => goldens.get(type) ?? {};
const findingIn = (type: string, more: object = {}) =>
  raiseFinding({ type, detail: { ...golden(type), ...more } }, product);

test('the facts that can be findings are those that are read for it', () => {
  expect([...CAN_BE_FINDINGS].sort()).toEqual([...READERS.keys()].sort());
});

test('every other fact is none', () => {
  const others = eventContracts.map(({ type }) => type).filter((type) => !CAN_BE_FINDINGS.has(type));

  expect(others.length).toBeGreaterThan(5);
  for (const type of others) expect(findingIn(type)).toBeUndefined();
});

const malicious = { rule: 'scanning.malicious-file', message: 'model.joblib runs posix.system when it is loaded' };

describe('a version that was refused', () => {
  const refused = (...reasons: object[]) => findingIn('intake.version-rejected.v1', { reasons })?.detail.finding;

  test('for a malicious file is one, with the file that made it so', () => {
    expect(refused({ rule: 'gates.field-missing', message: 'owner is missing' }, malicious)).toMatchObject({
      GeneratorId: 'clearance/scanning.malicious-file',
      Severity: { Label: 'HIGH' },
      Types: ['TTPs/Initial Access/Malicious model'],
      Title: `Model version iris-forest 1.1.0 was refused: ${malicious.message}`,
      Description: malicious.message,
      Resources: [{ Type: 'AwsS3Object', Id: 'arn:aws:s3:::clearance-dev-models/models/iris-forest/1.1.0/' }],
    });
  });

  test.each([
    ['from a source that nobody knows', 'gates.dataset-source-unknown'],
    ['with labels that somebody turned', 'gates.training-labels-flipped'],
    ['with a block unlike all others', 'gates.training-data-outlying'],
  ])('L10: for training data %s is one', (_, rule) => {
    const reason = { rule, message: 'data set reviews is not what it was' };

    expect(refused(reason)).toMatchObject({ Severity: { Label: 'MEDIUM' }, GeneratorId: `clearance/${rule}` });
  });

  test('for a mistake is none', () => {
    expect(refused({ rule: 'gates.field-missing', message: 'owner is missing' })).toBeUndefined();
  });
});

describe('a hold', () => {
  const held = (more: object) => findingIn('hold.placed.v1', more);
  const byCheck = { placedBy: { kind: 'signal', signal: 'registry.tampered' } };

  test('by which a check takes a model out of traffic is one', () => {
    expect(held({ effect: 'evict', ...byCheck })?.detail.finding).toMatchObject({
      GeneratorId: 'clearance/registry.tampered',
      Severity: { Label: 'HIGH' },
    });
  });

  test.each([
    ['that only pauses', { effect: 'pause', ...byCheck }],
    ['of a person', { effect: 'evict', placedBy: { kind: 'person', arn: 'arn:aws:iam::111122223333:user/eva' } }],
    [
      'about a bypass, which tells more of it',
      { effect: 'evict', placedBy: { kind: 'signal', signal: 'rollout.bypassed' } },
    ],
  ])('%s is none', (_, more) => {
    expect(held(more)).toBeUndefined();
  });
});

test.each([
  ['restored', 'LOW'],
  ['moved', 'MEDIUM'],
  ['unregistered', 'CRITICAL'],
])('a bypass after which things are %s is %s', (outcome, Label) => {
  expect(findingIn('rollout.bypassed.v1', { outcome })?.detail.finding.Severity).toEqual({ Label });
});

test('the same fact is the same finding however often it is told', () => {
  const [first, second] = [findingIn('rollout.bypassed.v1'), findingIn('rollout.bypassed.v1')];

  expect(second).toEqual(first);
  expect(first?.detail.finding.Id).toContain(String(golden('rollout.bypassed.v1').id));
});

test('the golden example is the finding of the golden bypass', () => {
  expect(findingIn('rollout.bypassed.v1')).toEqual({
    type: 'security.finding-raised.v1',
    detail: golden('security.finding-raised.v1'),
  });
});

const hostile = fc.string({ unit: 'binary', minLength: 1, maxLength: 1500 });

test('whatever others write into a fact, the finding keeps to the format: its limits, one line, whole characters', () => {
  fc.assert(
    fc.property(hostile, hostile, hostile, (message, name, arn) => {
      const version = { model: name, version: name };
      const call = { ...(golden('security.access-refused.v1').call as object), by: arn };
      const raised = [
        findingIn('intake.version-rejected.v1', {
          ...version,
          reasons: [{ ...malicious, message, found: name, fix: message }],
        }),
        findingIn('security.access-refused.v1', { ...version, key: name, call }),
      ];
      for (const each of raised) {
        const { finding } = FindingRaised.parse(each?.detail);
        expect(JSON.stringify(finding)).not.toMatch(/\\u00[01]|\\n|\\ud[89a-f]/);
        expect(JSON.parse(JSON.stringify(finding))).toEqual(finding);
      }
    }),
    { numRuns: 100, endOnFailure: true },
  );
});
