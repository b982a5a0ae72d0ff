import { describe, expect, test } from 'vitest';
import { GateReport, GateRules, gates } from '../../core/gates/contract.ts';
import { evaluateAttempt, evaluateGates } from '../../core/gates/evaluate-gates.ts';
import { Manifest } from '../../core/intake/manifest.ts';
import { keepEvidence, readEvidence } from '../../core/kernel/evidence.ts';
import { anAttempt as attempt } from '../support/attempt.ts';
import { manifestWith } from '../support/manifest.ts';
import { memoryEvidence } from '../support/memory-evidence.ts';

const rules = GateRules.parse({ metrics: [{ metric: 'auc', minimum: 0.8 }] });

/** What no attempt here has any use for. */
const dataSets = {
  uploaded: () => Promise.reject(new Error('read')),
  elsewhere: () => Promise.reject(new Error('read')),
  parquetRows: async function* () {},
  buckets: [],
};

describe('evaluating the gates', () => {
  test('a complete manifest passes every gate', () => {
    const report = evaluateGates(manifestWith(), rules);

    expect(report.tier).toBe('standard');
    expect(report.findings.map(({ gate, outcome }) => `${gate} ${outcome}`)).toEqual([
      'provenance.completeness pass',
      'required.field pass',
      'metrics.threshold pass',
    ]);
  });

  test('a field that is both provenance and required is missed once', () => {
    const report = evaluateGates(
      manifestWith((manifest) => delete manifest.intendedUse),
      rules,
    );

    expect(report.findings.filter(({ path }) => path === '$.intendedUse')).toMatchObject([
      { gate: 'required.field', outcome: 'fail' },
    ]);
  });

  test('the thresholds of the computed tier apply, not those of a lighter one', () => {
    const severe = manifestWith((manifest) => {
      manifest.risk.consequence = 'severe';
      delete manifest.baseline;
    });

    const [completeness] = evaluateGates(severe, rules).findings;

    expect(completeness).toMatchObject({ gate: 'provenance.completeness', outcome: 'fail', threshold: 1 });
  });

  test('the report is kept as evidence, and a retry finds the same one', async () => {
    const evidence = memoryEvidence();
    const { ref: manifest } = await keepEvidence(evidence, 'manifest', Manifest, manifestWith());

    const input = { attempt, manifest, inventory: manifest };

    const first = await evaluateAttempt({ evidence, rules, dataSets })(input);
    const retried = await evaluateAttempt({ evidence, rules, dataSets })(input);

    expect(retried).toEqual(first);
    expect(gates.tasks.evaluateGates.output.parse(first)).toEqual(first);
    expect(await readEvidence(evidence, first.report, GateReport)).toEqual(evaluateGates(manifestWith(), rules));
  });
});
