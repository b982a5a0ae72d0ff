import { existsSync, globSync } from 'node:fs';
import type { EventContract, FailureClass, ReactorContract, TaskContract } from '../../../core/kernel/contract.ts';
import { root } from './source.ts';

type Capability = {
  events?: Record<string, EventContract>;
  tasks?: Record<string, TaskContract>;
  reactors?: Record<string, ReactorContract>;
};

/** `claim-upload` is `claimUpload` in the contract and `ClaimUpload` in the workflow. */
export const camel = (kebab: string): string => kebab.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** By capability: what its contract.ts exports under the capability's own name. */
const contracts: ReadonlyMap<string, Capability> = new Map(
  await Promise.all(
    globSync('core/*/contract.ts', { cwd: root })
      .filter((path) => !path.startsWith('core/kernel/'))
      .sort()
      .map(async (path): Promise<[string, Capability]> => {
        const capability = path.split('/')[1] ?? '';
        const module: Record<string, Capability> = await import(/* @vite-ignore */ `${root}${path}`);
        return [capability, module[camel(capability)] ?? {}];
      }),
  ),
);

/**
 * Capabilities whose domain is written and tested and which nothing deploys yet. The first handler of one takes it off
 * this list: a test says so.
 */
export const NOT_DEPLOYED: ReadonlySet<string> = new Set([]);

const deployed = [...contracts].filter(([capability]) => !NOT_DEPLOYED.has(capability));

type Named<Contract> = { entry: string; contract: Contract };

const kebab = (camelled: string) => camelled.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const named = <Contract>(pick: (capability: Capability) => Record<string, Contract> | undefined): Named<Contract>[] =>
  deployed.flatMap(([capability, contract]) =>
    Object.entries(pick(contract) ?? {}).map(([name, found]) => ({
      entry: `${capability}/${kebab(name)}`,
      contract: found,
    })),
  );

/** Every task and every reactor by its entry, `intake/claim-upload`. */
export const taskContracts = named((capability) => capability.tasks);
export const reactorContracts = named((capability) => capability.reactors);
/** An event that has an example has to keep to it, deployed or not. */
export const eventContracts = [...contracts]
  .filter(([capability]) => !NOT_DEPLOYED.has(capability) || existsSync(`${root}events/${capability}`))
  .flatMap(([, { events }]) => Object.values(events ?? {}));

export const failureOf = (Failure: FailureClass) => {
  const { name, disposition } = new Failure('an example');
  return { name, disposition, className: Failure.name };
};
