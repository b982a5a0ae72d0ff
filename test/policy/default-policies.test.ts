import { describe, expect, test } from 'vitest';
import { Gate, type GateOutcome } from '../../core/gates/contract.ts';
import type { Manifest } from '../../core/intake/manifest.ts';
import { digestOf } from '../../core/kernel/digest.ts';
import type { Decision } from '../../core/policy/contract.ts';
import { decide } from '../../core/policy/decide.ts';
import { loadPolicySet } from '../../core/policy/policy-set.ts';
import { type RegistrationEvidence, registrationRequest } from '../../core/policy/registration-request.ts';
import {
  defaultPolicyFiles,
  defaultPolicySet,
  evidenceOf,
  policySchema,
  withScanOf,
} from '../support/registration-evidence.ts';

const policySet = defaultPolicySet();
const ask = (evidence: RegistrationEvidence, set = policySet) => decide(set, registrationRequest(evidence));
const rulesOf = (decision: Decision) =>
  decision.outcome === 'deny' ? [...new Set(decision.reasons.map(({ rule }) => rule))] : [];

const sound = evidenceOf();
const file = 'model.safetensors';
const scanned = (verdict: 'malicious' | 'suspicious' | 'not-scannable') => withScanOf(sound, { path: file, verdict });

const light = { decision: 'informational', affects: 'nobody', consequence: 'negligible' } as const;
const harmless = { ...light, reversible: true, personalData: false };

const mismatched: RegistrationEvidence = {
  ...sound,
  digests: {
    ...sound.digests,
    files: sound.digests.files.map((entry) =>
      entry.path === file ? { ...entry, digest: digestOf('other bytes') } : entry,
    ),
  },
};

const unscanned: RegistrationEvidence = {
  ...sound,
  scan: { ...sound.scan, files: sound.scan.files.filter(({ path }) => path !== file) },
};

/** One more finding, about the training data. */
const withGate = (gate: Gate, outcome: GateOutcome = 'fail'): RegistrationEvidence => ({
  ...sound,
  gates: { ...sound.gates, findings: [...sound.gates.findings, { gate, outcome, message: 'of a block' }] },
});

/** Each is sound but for one thing, so exactly one policy says no. */
const SITUATIONS: [string, RegistrationEvidence, string][] = [
  ['a file has other bytes than declared', mismatched, 'intake.digest-mismatch'],
  ['a file was not scanned', unscanned, 'intake.file-not-covered'],
  ['a file runs code', scanned('malicious'), 'scanning.malicious-file'],
  ['a file is odd', scanned('suspicious'), 'scanning.suspicious-file'],
  ['a file cannot be scanned', scanned('not-scannable'), 'scanning.not-scannable-file'],
  [
    'too little is declared',
    evidenceOf((manifest) => {
      delete manifest.features;
      delete manifest.baseline;
      delete manifest.training?.trainedAt;
      delete manifest.training?.hyperparameters;
    }),
    'gates.provenance-incomplete',
  ],
  [
    'a data set has no digest',
    evidenceOf(({ training }) => delete training?.datasets?.[0]?.digest),
    'gates.dataset-undocumented',
  ],
  [
    'a data set comes from elsewhere',
    evidenceOf(({ training }) => {
      const [dataset] = training?.datasets ?? [];
      if (dataset !== undefined) dataset.uri = 's3://curated-by-anyone/loans.parquet';
    }),
    'gates.dataset-source-unknown',
  ],
  [
    'the environment is not locked',
    evidenceOf(({ training }) => delete training?.environment),
    'gates.environment-unlocked',
  ],
  ['nobody can be reached', evidenceOf((manifest) => delete manifest.contact), 'gates.field-missing'],
  [
    'a metric is too low',
    evidenceOf((manifest) => {
      manifest.metrics = [{ name: 'auc', value: 0.7, n: 5000 }];
    }),
    'gates.metric-missed',
  ],
  [
    'a metric rests on too few samples',
    evidenceOf((manifest) => {
      manifest.metrics = [{ name: 'auc', value: 0.9, n: 50 }];
    }),
    'gates.metric-unproven',
  ],
  ['the training data cannot be looked at', withGate('training-data.sample'), 'gates.training-data-unread'],
  [
    'the training data is too little',
    withGate('training-data.outlier-block', 'not-enough-evidence'),
    'gates.training-data-unproven',
  ],
  ['a block lies far out', withGate('training-data.outlier-block'), 'gates.training-data-outlying'],
  ['labels of a block are flipped', withGate('training-data.label-flip'), 'gates.training-labels-flipped'],
];

/** Those of registration; `deploy.cedar` has its own situations. */
const forbids = [...policySet.policies.values()]
  .filter(({ effect, id }) => effect === 'forbid' && !id.startsWith('admission.'))
  .map(({ id }) => id);

describe('the default policies', () => {
  test('permit a version with which everything is in order', () => {
    expect(ask(sound)).toEqual({ outcome: 'allow', policies: ['policy.register-version'] });
  });

  test.each(SITUATIONS)('when %s, the answer is no, for that reason alone', (_, evidence, rule) => {
    const decision = ask(evidence);

    expect(decision).toMatchObject({ outcome: 'deny', policies: [rule] });
    expect(rulesOf(decision)).toEqual([rule]);
  });

  test('every forbid is reached by a situation', () => {
    expect(SITUATIONS.map(([, , rule]) => rule).toSorted()).toEqual(forbids.toSorted());
  });

  test('a light model is registered on thin evidence, and with little provenance', () => {
    const evidence = evidenceOf((manifest) => {
      manifest.risk = harmless;
      manifest.metrics = [{ name: 'auc', value: 0.9, n: 50 }];
      delete manifest.training;
      delete manifest.contact;
    });

    expect(ask(evidence)).toMatchObject({ outcome: 'allow' });
  });

  test('a light model that says nothing about itself is registered, a standard one is not', () => {
    const silent = (risk: Manifest['risk']) =>
      evidenceOf((manifest) => {
        manifest.risk = risk;
        for (const name of ['training', 'metrics', 'features', 'baseline', 'intendedUse'] as const)
          delete manifest[name];
      });

    expect(ask(silent(harmless))).toMatchObject({ outcome: 'allow' });
    expect(rulesOf(ask(silent({ ...harmless, consequence: 'moderate' })))).toContain('gates.provenance-incomplete');
  });

  test('every reason is given at once, one for each file and field', () => {
    const evidence = evidenceOf((manifest) => {
      manifest.risk.consequence = 'severe';
      delete manifest.contact;
      delete manifest.groupMetrics;
      delete manifest.training?.environment;
    });
    const bad = withScanOf(withScanOf(evidence, { path: file, verdict: 'suspicious' }), {
      path: 'baseline.jsonl',
      verdict: 'malicious',
    });

    const decision = ask(bad);

    expect(decision.outcome === 'deny' && decision.reasons.map(({ rule, path }) => `${rule} ${path}`)).toEqual([
      'scanning.malicious-file baseline.jsonl',
      `scanning.suspicious-file ${file}`,
      'gates.provenance-incomplete undefined',
      'gates.provenance-incomplete $.training.environment.seed',
      'gates.environment-unlocked $.training.environment',
      'gates.field-missing $.contact',
      'gates.field-missing $.groupMetrics',
    ]);
  });

  test.each([
    ['without files', { files: { declared: 0, uncovered: 0, mismatched: 0 } }],
    ['that no gate looked at', { gates: { passed: [], failed: [], notEnoughEvidence: [] } }],
    [
      'with a finding of a gate that they do not know',
      {
        gates: {
          passed: ['provenance.completeness', 'required.field'],
          failed: [],
          notEnoughEvidence: ['drift.stability'],
        },
      },
    ],
  ])('do not permit a version %s', (_, facts) => {
    const { query, details } = registrationRequest(sound);

    const decision = decide(policySet, { query: { ...query, context: { ...query.context, ...facts } }, details });

    expect(rulesOf(decision)).toEqual(['policy.not-permitted']);
  });

  test('name only gates that exist', () => {
    const named = Object.values(defaultPolicyFiles())
      .join('\n')
      .matchAll(/"((?:provenance|required|metrics|training-data)\.[a-z-]+)"/g);

    const gates = [...new Set([...named].map(([, gate]) => gate))];

    expect(gates.toSorted()).toEqual([...Gate.options].toSorted());
  });
});

describe('a forbid that is lost', () => {
  const files = defaultPolicyFiles();
  const lose = (id: string, text: string) =>
    text
      .split(/(?=@id\()/)
      .filter((policy) => !policy.startsWith(`@id("${id}")`))
      .join('');
  const without = (id: string) =>
    Object.fromEntries(Object.entries(files).map(([name, text]) => [name, lose(id, text)]));
  const openDoor = '@id("policy.open-door") permit (principal, action, resource);';

  test.each(SITUATIONS)('when %s, the permit still does not open the door', (_, evidence, rule) => {
    const decision = ask(evidence, loadPolicySet(without(rule), policySchema()));

    expect(rulesOf(decision)).toEqual(['policy.not-permitted']);
  });

  test.each(SITUATIONS)('when %s, it was what closed an open door', (_, evidence, rule) => {
    const open = { ...files, 'open.cedar': openDoor };
    const opened = { ...without(rule), 'open.cedar': openDoor };

    expect(ask(evidence, loadPolicySet(open, policySchema())).outcome).toBe('deny');
    expect(ask(evidence, loadPolicySet(opened, policySchema())).outcome).toBe('allow');
  });
});
