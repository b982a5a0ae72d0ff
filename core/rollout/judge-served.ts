import { type HoldList, holdsInScope } from '../hold/contract.ts';
import { VersionId } from '../kernel/identity.ts';
import { isBypass, type Strangeness } from './bypass.ts';
import type { Backend, Deployment } from './deployment.ts';
import type { Versions } from './ports.ts';

/** What Lambda calls code that is not published: it and what it says of itself change under its name. */
const UNPUBLISHED = '$LATEST';

type Ports = { readonly versions: Versions; readonly holds: HoldList; readonly now: Date };

export const judgeServed = async (
  { versions, holds, now }: Ports,
  { model, environment }: Deployment,
  { id, ...says }: Backend,
): Promise<Strangeness> => {
  const version = VersionId.safeParse(says.version);
  if (id === UNPUBLISHED || says.model !== model || !version.success || says.root === undefined) return 'unnamed';
  const registered = await versions.find({ model, version: version.data });
  if (registered === undefined) return 'unregistered';
  if (registered.root !== says.root) return 'differs';
  const standing = holdsInScope(holds, { model, version: version.data, environment }, now);
  return standing.some((hold) => hold.effect === 'evict' && !isBypass(hold)) ? 'held' : 'moved';
};
