import type { Manifest } from '../intake/manifest.ts';
import type { GateFinding, RiskTier } from './contract.ts';

type RequiredField = {
  readonly path: string;
  readonly tiers: readonly RiskTier[];
  readonly value: (manifest: Manifest) => unknown;
  /** Where it is required at all; everywhere by default. */
  readonly when?: (manifest: Manifest) => boolean;
  readonly fix: string;
};

const STANDARD_AND_FULL: readonly RiskTier[] = ['standard', 'full'];
const FULL: readonly RiskTier[] = ['full'];

/** Fields that the schema leaves open because a light model may do without them. */
const REQUIRED_FIELDS: readonly RequiredField[] = [
  {
    path: '$.contact',
    tiers: STANDARD_AND_FULL,
    value: (manifest) => manifest.contact,
    fix: 'State where the owning team is reached when the model misbehaves.',
  },
  {
    path: '$.description',
    tiers: STANDARD_AND_FULL,
    value: (manifest) => manifest.description,
    fix: 'Describe the model in a sentence or two.',
  },
  {
    path: '$.intendedUse',
    tiers: STANDARD_AND_FULL,
    value: (manifest) => manifest.intendedUse,
    fix: 'State what the model is for.',
  },
  {
    path: '$.metrics',
    tiers: STANDARD_AND_FULL,
    value: (manifest) => manifest.metrics?.[0],
    fix: 'State at least one metric with its value, data set and sample size.',
  },
  {
    path: '$.intendedUse.users',
    tiers: FULL,
    value: (manifest) => manifest.intendedUse?.users?.[0],
    fix: 'State who may use the model.',
  },
  {
    path: '$.intendedUse.outOfScope',
    tiers: FULL,
    value: (manifest) => manifest.intendedUse?.outOfScope?.[0],
    fix: 'State what the model must not be used for.',
  },
  {
    path: '$.groupMetrics',
    tiers: FULL,
    value: (manifest) => manifest.groupMetrics?.[0],
    when: (manifest) => manifest.risk.affects === 'individuals',
    fix: 'State a metric for each group of people that the model treats.',
  },
];

const missing = ({ path, fix }: RequiredField): GateFinding => ({
  gate: 'required.field',
  outcome: 'fail',
  message: `${path.slice('$.'.length)} is not declared`,
  path,
  fix,
});

/** A missing object is one mistake, not one for each of its members. */
const isBelow = (path: string, others: readonly RequiredField[]) =>
  others.some((other) => path.startsWith(`${other.path}.`));

/** One finding for each field that the tier requires and the manifest lacks, or one that all are there. */
export const requiredFieldFindings = (manifest: Manifest, tier: RiskTier): GateFinding[] => {
  const required = REQUIRED_FIELDS.filter(({ tiers, when }) => tiers.includes(tier) && (when?.(manifest) ?? true));
  const lacking = required.filter(({ value }) => value(manifest) === undefined);
  const findings = lacking.filter(({ path }) => !isBelow(path, lacking)).map(missing);
  if (findings.length > 0) return findings;
  const message = `all ${required.length} fields that tier ${tier} requires are declared`;
  return [{ gate: 'required.field', outcome: 'pass', message, measured: required.length, threshold: required.length }];
};
