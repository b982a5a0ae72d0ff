import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Gate, GateRules } from '../../core/gates/contract.ts';
import { decide } from '../../core/policy/decide.ts';
import { loadPolicySet } from '../../core/policy/policy-set.ts';
import { registrationRequest } from '../../core/policy/registration-request.ts';
import { defaultPolicyFiles, evidenceOf, policySchema, withScanOf } from '../support/registration-evidence.ts';

const page = readFileSync(new URL('../../docs/policy.md', import.meta.url), 'utf8');
const block = (language: string) => new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? '';

describe('the page about policy', () => {
  test('shows a policy that does what it says beside the default ones', () => {
    const policySet = loadPolicySet({ ...defaultPolicyFiles(), 'own.cedar': block('cedar') }, policySchema());
    const pickle = withScanOf(evidenceOf(), { path: 'model.safetensors', verdict: 'clean', format: 'pickle' });

    expect(decide(policySet, registrationRequest(evidenceOf())).outcome).toBe('allow');
    expect(decide(policySet, registrationRequest(pickle))).toMatchObject({ policies: ['platform.pickle-retired'] });
  });

  test('shows a stage configuration that gates can read', () => {
    const { gates } = JSON.parse(block('json'));

    expect(GateRules.parse(gates).metrics).toHaveLength(1);
  });

  test('names every gate', () => {
    expect(Gate.options.filter((gate) => !page.includes(`\`${gate}\``))).toEqual([]);
  });
});
