import { z } from 'zod';

/** What one thing is to another. Read from left to right: a model version was `trained-on` a data set. */
const Relation = z.enum(['trained-on', 'built-from', 'derived-from', 'describes']);

/**
 * An edge of the lineage graph. Nodes are named by digest wherever one is known: `dataset:sha256:…`,
 * `model:sha256:…` (root digest), `code:git:<commit>`, `environment:sha256:…`; `version:<model>/<version>` names the
 * registry entry. A data set without a digest is `dataset:<uri>`, or `dataset:uri:sha256:…` if that is too long a key.
 */
export const LineageEdge = z.object({ from: z.string(), relation: Relation, to: z.string(), label: z.string() });
export type LineageEdge = z.infer<typeof LineageEdge>;
