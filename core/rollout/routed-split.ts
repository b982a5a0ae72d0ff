import { Digest } from '../kernel/digest.ts';
import { VersionId } from '../kernel/identity.ts';
import type { Backend } from './deployment.ts';
import { TargetUnusable } from './failures.ts';
import type { Split, Standing } from './ports.ts';
import { type RoutedVersion, RoutingDocument, readRoutingDocument, WHOLE } from './routing-document.ts';

/**
 * What a routed version is called while it is rolled out. The root is part of the name, so that the bytes that were
 * admitted are the bytes that a shift writes down, whatever the deployment has been told to offer since.
 */
const nameOf = ({ version, root }: Pick<RoutedVersion, 'version' | 'root'>): string => `${version}@${root}`;

export const backendOf = (model: string, routed: Pick<RoutedVersion, 'version' | 'root'>): Backend => ({
  id: nameOf(routed),
  model,
  version: routed.version,
  root: routed.root,
});

/** @throws TargetUnusable */
const named = (id: string): Pick<RoutedVersion, 'version' | 'root'> => {
  const at = id.indexOf('@');
  const version = VersionId.safeParse(id.slice(0, at));
  const root = Digest.safeParse(id.slice(at + 1));
  if (version.success && root.success) return { version: version.data, root: root.data };
  throw new TargetUnusable(`${id} names no version and root digest that could be routed to`);
};

/** Never all and never nothing, unless it was asked for: a share too small to write down is the smallest there is. */
const weightOf = (share: number): number => {
  if (share <= 0 || share >= 1) return share <= 0 ? 0 : WHOLE;
  return Math.min(WHOLE - 1, Math.max(1, Math.round(share * WHOLE)));
};

/** @throws TargetUnusable */
export const documentOf = (
  { baseline, candidate, share }: Split,
  about: { model: string; sequence: number; stamp: string },
): RoutingDocument => {
  const weight = weightOf(share);
  const versions = [
    { ...named(baseline), weight: WHOLE - weight },
    { ...named(candidate), weight },
  ].filter((routed) => routed.weight > 0);
  return RoutingDocument.parse({ schema_version: 1, ...about, versions });
};

export const standingIn = ({ model, stamp, versions }: RoutingDocument, revision: string): Standing => {
  const [primary, canary] = versions;
  if (primary === undefined) throw new TypeError('a routing document has a version');
  return {
    primary: backendOf(model, primary),
    ...(canary !== undefined && { canary: { backend: backendOf(model, canary), share: canary.weight / WHOLE } }),
    ...(stamp !== undefined && { stamp }),
    revision,
  };
};

/**
 * The document that stands until the first rollout, as JSON.
 * @throws RoutingRefused naming what is wrong with the model, the version or its root
 */
export const firstRouting = (model: string, { version, root }: { version: string; root: string }): string => {
  const document = { schema_version: 1, model, sequence: 1, versions: [{ version, root, weight: WHOLE }] };
  return JSON.stringify(readRoutingDocument(JSON.stringify(document)));
};
