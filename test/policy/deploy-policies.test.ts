import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RiskTier } from '../../core/gates/contract.ts';
import { EnvironmentName } from '../../core/kernel/identity.ts';
import { decide } from '../../core/policy/decide.ts';
import { askAboutDeployment } from '../../core/policy/decide-deployment.ts';
import { deploymentRequest } from '../../core/policy/deployment-request.ts';
import { loadPolicySet } from '../../core/policy/policy-set.ts';
import { admissible } from '../support/admissible.ts';
import { defaultPolicyFiles, defaultPolicySet, manifestRisk, policySchema } from '../support/registration-evidence.ts';

const { version } = await admissible();
const askPolicy = askAboutDeployment(defaultPolicySet());
const environment = EnvironmentName.parse('prod');
const facts = (tier: RiskTier, tiers: readonly RiskTier[] | undefined) => ({
  version: { ...version, tier },
  risk: manifestRisk,
  environment,
  tiers,
});

const tier = fc.constantFrom(...RiskTier.options);
const listed = fc.option(fc.subarray([...RiskTier.options], { minLength: 1 }), { nil: undefined });

describe('the default policies of deployment', () => {
  test('permit exactly the tiers that a listed environment takes', () => {
    fc.assert(
      fc.property(tier, listed, (own, tiers) => {
        const { decision } = askPolicy(facts(own, tiers));

        expect(decision.outcome).toBe(tiers?.includes(own) === true ? 'allow' : 'deny');
      }),
    );
  });

  test('say what they found and what would be allowed', () => {
    const unlisted = askPolicy(facts('full', undefined)).decision;
    const excluded = askPolicy(facts('full', ['light', 'standard'])).decision;

    expect(unlisted).toMatchObject({ reasons: [{ rule: 'admission.environment-unlisted', found: 'prod' }] });
    expect(excluded).toMatchObject({
      reasons: [{ rule: 'admission.tier-excluded', found: 'full', allowed: 'light, standard' }],
    });
  });

  test('stay closed when a forbid is lost', () => {
    const files = defaultPolicyFiles();
    const permitOnly = (files['deploy.cedar'] ?? '')
      .split(/(?=@id\()/)
      .filter((policy) => policy.startsWith('@id("policy.'))
      .join('');
    const policySet = loadPolicySet({ ...files, 'deploy.cedar': permitOnly }, policySchema());

    fc.assert(
      fc.property(tier, listed, (own, tiers) => {
        const { outcome } = decide(policySet, deploymentRequest(facts(own, tiers)));

        expect(outcome).toBe(tiers?.includes(own) === true ? 'allow' : 'deny');
      }),
    );
  });
});
