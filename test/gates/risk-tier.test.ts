import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { RiskTier } from '../../core/gates/contract.ts';
import { riskTier } from '../../core/gates/risk-tier.ts';
import { Risk } from '../../core/intake/manifest.ts';

type Answers = z.output<typeof Risk>;

const SCALES = {
  decision: Risk.shape.decision.options,
  affects: Risk.shape.affects.options,
  consequence: Risk.shape.consequence.options,
  reversible: [true, false],
  personalData: [false, true],
} as const;

const harmless: Answers = {
  decision: 'informational',
  affects: 'nobody',
  consequence: 'negligible',
  reversible: true,
  personalData: false,
};

const answers = fc.record({
  decision: fc.constantFrom(...SCALES.decision),
  affects: fc.constantFrom(...SCALES.affects),
  consequence: fc.constantFrom(...SCALES.consequence),
  reversible: fc.boolean(),
  personalData: fc.boolean(),
});

const rank = (risk: Answers) => RiskTier.options.indexOf(riskTier(risk).tier);

describe('the risk tier', () => {
  test.each<[string, Partial<Answers>, RiskTier]>([
    ['nothing is at stake', {}, 'light'],
    ['a human looks at a harmless advice', { decision: 'advisory', affects: 'business' }, 'light'],
    ['an automated toy touches nobody', { decision: 'automated' }, 'light'],
    ['the harm cannot be undone, but is negligible', { affects: 'business', reversible: false }, 'light'],
    ['individuals are affected', { affects: 'individuals' }, 'standard'],
    ['personal data is involved', { personalData: true }, 'standard'],
    ['consequences are moderate', { consequence: 'moderate' }, 'standard'],
    ['business runs by itself', { decision: 'automated', affects: 'business' }, 'standard'],
    ['individuals can have a decision undone', { decision: 'automated', affects: 'individuals' }, 'standard'],
    ['individuals cannot', { decision: 'automated', affects: 'individuals', reversible: false }, 'full'],
    ['consequences are severe', { consequence: 'severe' }, 'full'],
  ])('when %s', (_, change, tier) => {
    const computed = riskTier({ ...harmless, ...change });

    expect(computed.tier).toBe(tier);
  });

  test('never falls when an answer gets worse', () => {
    const scale = fc.constantFrom(...(Object.keys(SCALES) as (keyof Answers)[]));
    fc.assert(
      fc.property(answers, scale, fc.nat(2), (risk, question, steps) => {
        const options: readonly unknown[] = SCALES[question];
        const worse = options[Math.min(options.indexOf(risk[question]) + steps, options.length - 1)];

        expect(rank({ ...risk, [question]: worse } as Answers)).toBeGreaterThanOrEqual(rank(risk));
      }),
    );
  });

  test('comes with the answers that made it what it is, and only those', () => {
    const { reasons } = riskTier({ ...harmless, consequence: 'severe', personalData: true });

    expect(reasons).toEqual(['a wrong output has severe consequences']);
  });

  test('always has a reason', () => {
    fc.assert(
      fc.property(answers, (risk) => {
        expect(riskTier(risk).reasons).not.toHaveLength(0);
      }),
    );
  });
});
