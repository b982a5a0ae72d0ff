import { describe, expect, test } from 'vitest';
import { admitVersion } from '../../core/admission/admit-version.ts';
import { type GivenVerdict, VersionAdmitted, VersionDenied } from '../../core/admission/contract.ts';
import { VerdictStatement } from '../../core/admission/verdict.ts';
import { verifyVerdict } from '../../core/admission/verify-verdict.ts';
import { HoldScope } from '../../core/hold/contract.ts';
import { placeHold } from '../../core/hold/place-hold.ts';
import { digestOf } from '../../core/kernel/digest.ts';
import { openStatement } from '../../core/signing/statement.ts';
import type { Trust } from '../../core/signing/trust.ts';
import { admissible } from '../support/admissible.ts';

type Plane = Awaited<ReturnType<typeof admissible>>;

const ask = (plane: Plane, change: object = {}) =>
  admitVersion(plane.ports)({ question: plane.question(change), correlationId: 'ci-1' });
const rulesOf = ({ reasons }: GivenVerdict) => [...new Set(reasons.map(({ rule }) => rule))];
const bundleOf = async (plane: Plane, { verdict }: GivenVerdict) => plane.evidence.get(verdict?.key ?? '');
const expected = ({ version }: Plane) => ({
  model: version.model,
  version: version.version,
  root: version.root,
  environment: 'prod',
  target: 'fraud-prod',
});

const hold = (plane: Plane, scope: object) =>
  placeHold({ holds: plane.held.holds, clock: plane.ports.clock })({
    scope: HoldScope.parse(scope),
    effect: 'pause',
    severity: 'page',
    reason: { rule: 'drift.feature-shifted', message: 'age: PSI 0.41' },
    placedBy: { kind: 'signal', signal: 'drift.feature-shifted' },
  });

describe('admission', () => {
  test('of a version that nothing speaks against is a yes that opens its door, and a fact', async () => {
    const plane = await admissible();

    const given = await ask(plane);

    expect(given).toMatchObject({ outcome: 'allow', step: 0, reasons: [] });
    const bundle = await bundleOf(plane, given);
    expect(verifyVerdict(bundle, plane, expected(plane), plane.now())).toEqual({
      outcome: 'valid',
      expiresAt: given.expiresAt,
    });
    expect(VersionAdmitted.parse(plane.facts[0]?.detail)).toMatchObject({
      deployment: 'fraud-prod',
      verdict: given.verdict,
    });
  });

  test('rests on the bundle and on the decision, and names both with their digests', async () => {
    const plane = await admissible();

    const given = await ask(plane);

    const opened = openStatement(await bundleOf(plane, given), plane, VerdictStatement);
    const predicate = opened.outcome === 'valid' ? opened.statement.predicate : undefined;
    expect(predicate).toMatchObject({ verificationResult: 'PASSED', verifiedLevels: ['SLSA_BUILD_LEVEL_UNEVALUATED'] });
    for (const { uri, digest } of predicate?.inputAttestations ?? [])
      expect(digestOf(await plane.evidence.get(uri))).toBe(`sha256:${digest.sha256}`);
    expect(predicate?.inputAttestations).toHaveLength(2);
  });

  test.each<[string, (plane: Plane) => unknown, object, string]>([
    [
      'something stands in quarantine',
      ({ closed }) => closed.add('models/model.safetensors'),
      {},
      'admission.quarantined',
    ],
    ['its model is held', (plane) => hold(plane, { model: 'fraud' }), {}, 'admission.held'],
    ['everything is held', (plane) => hold(plane, { everything: true }), {}, 'admission.held'],
    [
      'the target serves other bytes',
      () => {},
      { target: { deployment: 'fraud-prod', served: digestOf('others') } },
      'admission.served-differs',
    ],
    [
      'the target does not say what it serves',
      () => {},
      { target: { deployment: 'fraud-prod', served: null } },
      'admission.served-differs',
    ],
    ['the environment is not listed', () => {}, { environment: 'moon' }, 'admission.environment-unlisted'],
    ['the environment takes only lighter models', () => {}, { environment: 'lab' }, 'admission.tier-excluded'],
    [
      'other bytes were registered than signed',
      ({ registered, version }) => registered.set('fraud/1.4.0', { ...version, root: digestOf('others') }),
      { target: null },
      'admission.bundle-differs',
    ],
  ])('is a signed no when %s, for that reason alone', async (_, spoil, change, rule) => {
    const plane = await admissible();
    await spoil(plane);

    const given = await ask(plane, change);

    expect([given.outcome, rulesOf(given)]).toEqual(['deny', [rule]]);
    const opened = openStatement(await bundleOf(plane, given), plane, VerdictStatement);
    expect(opened).toMatchObject({
      outcome: 'valid',
      statement: { predicate: { verificationResult: 'FAILED', verifiedLevels: ['FAILED'], clearance_reasons: [rule] } },
    });
    const told = plane.facts.find(({ type }) => type === 'admission.version-denied.v1');
    expect(VersionDenied.parse(told?.detail).reasons).toEqual(given.reasons);
  });

  test('gives every reason at once', async () => {
    const plane = await admissible();
    plane.closed.add('models/manifest.json');
    await hold(plane, { environment: 'moon' });
    await hold(plane, { environment: 'lab' });

    const given = await ask(plane, { environment: 'lab', target: { deployment: 'fraud-lab', served: null } });

    expect(rulesOf(given).toSorted()).toEqual([
      'admission.held',
      'admission.quarantined',
      'admission.served-differs',
      'admission.tier-excluded',
    ]);
  });

  test('of a version that is not registered has nothing to sign', async () => {
    const plane = await admissible();

    const given = await ask(plane, { version: '9.9.9' });

    expect(given).toMatchObject({ outcome: 'deny', verdict: null });
    expect(rulesOf(given)).toEqual(['admission.not-registered']);
  });

  test('gives no answer while it cannot know what is held', async () => {
    const plane = await admissible();
    plane.held.lose();

    await expect(ask(plane)).rejects.toThrow(expect.objectContaining({ name: 'Hold.ListUnreadable' }));
    expect(plane.facts).toEqual([]);
  });

  test.each(['bundle', 'digests', 'manifest', 'inventory'])('stops at %s that somebody wrote over', async (name) => {
    const plane = await admissible();
    plane.evidence.standing.set(name, `${plane.evidence.standing.get(name)} `);

    await expect(ask(plane)).rejects.toThrow(expect.objectContaining({ name: 'Kernel.EvidenceAltered' }));
  });
});

describe('a verdict', () => {
  test.each([
    ['another model', { model: 'iris' }, 'admission.verdict-of-another'],
    ['another version', { version: '1.4.1' }, 'admission.verdict-of-another'],
    ['other bytes', { root: digestOf('others') }, 'admission.verdict-of-another'],
    ['another environment', { environment: 'lab' }, 'admission.verdict-of-another'],
    ['another target', { target: 'fraud-prod-2' }, 'admission.verdict-of-another'],
    ['a door without a name', { target: null }, 'admission.verdict-of-another'],
  ])('does not open for %s', async (_, change, rule) => {
    const plane = await admissible();
    const bundle = await bundleOf(plane, await ask(plane));

    const verified = verifyVerdict(bundle, plane, { ...expected(plane), ...change }, plane.now());

    expect(verified).toMatchObject({ outcome: 'invalid', reasons: [{ rule }] });
  });

  test('opens nothing when it has expired, nor long before it was given', async () => {
    const plane = await admissible();
    const given = await ask(plane);
    const bundle = await bundleOf(plane, given);
    const at = (instant: string) => verifyVerdict(bundle, plane, expected(plane), new Date(instant));

    expect(at('2026-11-23T10:09:59.999Z').outcome).toBe('valid');
    expect(at('2026-11-23T10:10:00.000Z')).toMatchObject({ reasons: [{ rule: 'admission.verdict-expired' }] });
    expect(at('2026-11-23T09:58:59.999Z')).toMatchObject({ reasons: [{ rule: 'admission.verdict-early' }] });
  });

  test('that says no opens nothing', async () => {
    const plane = await admissible();
    await hold(plane, { model: 'fraud' });
    const bundle = await bundleOf(plane, await ask(plane));

    const verified = verifyVerdict(bundle, plane, expected(plane), plane.now());

    expect(verified).toMatchObject({ reasons: [{ rule: 'admission.verdict-negative', found: 'admission.held' }] });
  });

  test('of another key, changed by a letter, or that is a model bundle, is no verdict', async () => {
    const plane = await admissible();
    const stranger = await admissible();
    const bundle = await bundleOf(plane, await ask(plane));
    const payload = Buffer.from(JSON.parse(bundle).dsseEnvelope.payload, 'base64').toString();
    const longer = Buffer.from(payload.replace('2026-11-23T10:10', '2036-11-23T10:10')).toString('base64');
    const forged = JSON.parse(bundle);
    forged.dsseEnvelope.payload = longer;
    const verify = (text: string, by: Trust = plane) => verifyVerdict(text, by, expected(plane), plane.now());

    const rules = [
      verify(bundle, stranger),
      verify(JSON.stringify(forged)),
      verify(await plane.evidence.get('bundle')),
      verify('{}'),
    ].map((verified) => verified.outcome === 'invalid' && verified.reasons[0]?.rule);

    expect(rules).toEqual([
      'signing.other-key',
      'signing.wrong-signature',
      'signing.malformed-bundle',
      'signing.malformed-bundle',
    ]);
  });
});
