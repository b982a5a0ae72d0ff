import type { z } from 'zod';
import type { Risk } from '../intake/manifest.ts';
import { RiskTier } from './contract.ts';

type Answers = z.output<typeof Risk>;

type Rule = { readonly tier: RiskTier; readonly applies: (risk: Answers) => boolean; readonly because: string };

const atLeastModerate = (risk: Answers) => risk.consequence !== 'negligible';

/**
 * Each rule stays true when any answer gets worse (more automation, closer to individuals, a graver consequence, no way
 * back, personal data), so a worse answer never lowers the tier.
 */
const RULES: readonly Rule[] = [
  { tier: 'full', applies: (risk) => risk.consequence === 'severe', because: 'a wrong output has severe consequences' },
  {
    tier: 'full',
    applies: (risk) => risk.decision === 'automated' && risk.affects === 'individuals' && !risk.reversible,
    because: 'it decides about individuals by itself, and they cannot have it undone',
  },
  {
    tier: 'standard',
    applies: (risk) => risk.affects === 'individuals',
    because: 'a wrong output affects individuals',
  },
  { tier: 'standard', applies: (risk) => risk.personalData, because: 'it rests on personal data' },
  { tier: 'standard', applies: atLeastModerate, because: 'a wrong output has at least moderate consequences' },
  {
    tier: 'standard',
    applies: (risk) => risk.decision === 'automated' && risk.affects !== 'nobody',
    because: 'its output acts by itself',
  },
];

/** From the tier that asks least to the tier that asks most. */
const ASCENDING = RiskTier.options;

/** The risk tier that the declared impact puts a model in, and which answers put it there. */
export const riskTier = (risk: Answers): { tier: RiskTier; reasons: string[] } => {
  const applying = RULES.filter(({ applies }) => applies(risk));
  const tier = ASCENDING.findLast((candidate) => applying.some((rule) => rule.tier === candidate)) ?? 'light';
  const reasons = applying.filter((rule) => rule.tier === tier).map(({ because }) => because);
  return { tier, reasons: reasons.length > 0 ? reasons : ['no answer asks for more'] };
};
