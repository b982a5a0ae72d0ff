import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPolicySet, type PolicySet } from '../../core/policy/policy-set.ts';

/** The policy set that was deployed with this function. A set that does not validate keeps the function from starting. */
export const bundledPolicySet = (folder = join(import.meta.dirname, 'policies')): PolicySet => {
  const text = (name: string) => readFileSync(join(folder, name), 'utf8');
  const names = readdirSync(folder).sort();
  const policies = names.filter((name) => name.endsWith('.cedar')).map((name) => [name, text(name)]);
  return loadPolicySet(Object.fromEntries(policies), text('clearance.cedarschema'));
};
