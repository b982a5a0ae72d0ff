import { paginateListFunctions } from '@aws-sdk/client-lambda';
import type { Plane } from './flight.ts';

export type Deployed = { readonly name: string; readonly role: string };

/** The plane's functions by their entries: each says in its description which handler it runs. */
export const functionsOf = async (plane: Plane): Promise<ReadonlyMap<string, Deployed>> => {
  const found = new Map<string, Deployed>();
  for await (const { Functions = [] } of paginateListFunctions({ client: plane.lambda }, {}))
    for (const { Description = '', FunctionName: name = '', Role: role = '' } of Functions)
      if (/^[a-z]+\/[a-z-]+$/.test(Description)) found.set(Description, { name, role });
  return found;
};
