import { readdir, readFile } from 'node:fs/promises';
import type { PolicySet } from '../core/policy/policy-set.ts';

const FOLDER = new URL('../policies/', import.meta.url);
const SCHEMA = 'clearance.cedarschema';

/** The policy set in `policies/`: what a plane is deployed with. */
export const defaultPolicies = async (): Promise<PolicySet> => {
  const { loadPolicySet } = await import('../core/policy/policy-set.ts');
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.cedar'));
  const read = (name: string): Promise<string> => readFile(new URL(name, FOLDER), 'utf8');
  const files = await Promise.all(names.map(async (name) => [name, await read(name)] as const));
  return loadPolicySet(Object.fromEntries(files), await read(SCHEMA));
};
