import type { Manifest } from '../intake/manifest.ts';
import { type Digest, digestOf } from '../kernel/digest.ts';
import type { Subject } from '../kernel/identity.ts';
import type { LineageEdge } from '../lineage/contract.ts';

export const modelNode = (root: Digest): string => `model:${root}`;
const versionNode = ({ model, version }: Subject): string => `version:${model}/${version}`;

/** A sort key has 1,024 bytes for an edge's relation and node. */
const LONGEST_URI = 900;

const datasetNode = ({ digest, uri }: { digest?: Digest | undefined; uri: string }): string =>
  `dataset:${digest ?? (Buffer.byteLength(uri) <= LONGEST_URI ? uri : `uri:${digestOf(uri)}`)}`;

/** Where a model version comes from, as its manifest declares it. */
export const lineageEdges = (manifest: Manifest, root: Digest): LineageEdge[] => {
  const from = modelNode(root);
  const { datasets = [], code, environment, parents = [] } = manifest.training ?? {};
  const edges: LineageEdge[] = [
    { from: versionNode(manifest), relation: 'describes', to: from, label: `${manifest.model} ${manifest.version}` },
    ...datasets.map(
      (dataset): LineageEdge => ({
        from,
        relation: 'trained-on',
        to: datasetNode(dataset),
        label: dataset.name,
      }),
    ),
    ...parents.map(
      (parent): LineageEdge => ({
        from,
        relation: 'derived-from',
        to: parent.digest === undefined ? versionNode(parent) : modelNode(parent.digest),
        label: `${parent.model} ${parent.version}`,
      }),
    ),
  ];
  if (code !== undefined)
    edges.push({ from, relation: 'built-from', to: `code:git:${code.commit}`, label: code.repository });
  if (environment !== undefined)
    edges.push({ from, relation: 'built-from', to: `environment:${environment.lock}`, label: 'environment lock' });
  return [...new Map(edges.map((edge) => [`${edge.from} ${edge.relation} ${edge.to}`, edge])).values()];
};
