import { malicious, type Rule, suspicious } from './rule.ts';

/** Configurations that say what is to be called, for Hydra's `instantiate` and its kin (CVE-2025-23304). */
export const HYDRA_RULES = {
  'hydra.target-dangerous': malicious(
    'Whoever builds the model from this calls a name that runs code or reaches outside.',
  ),
  'hydra.target': suspicious(
    'Whoever builds the model from this imports and calls a name that the scanner does not know.',
    'Use classes of the library itself, or have the name reviewed and added to the allowlist of the stage.',
  ),
} satisfies Record<string, Rule>;
