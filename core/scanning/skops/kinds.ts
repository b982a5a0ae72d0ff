import type { Kind } from '../documents/document.ts';
import { type Fields, isFields, objectsIn } from '../documents/walk.ts';
import { judgeNode } from './judge-node.ts';

const isNode = (value: unknown): value is Fields => isFields(value) && typeof value.__loader__ === 'string';

/** `schema.json` of a skops file: a tree of nodes, each with its class and with what rebuilds it. */
const schema: Kind = {
  format: 'skops-schema',
  is: ({ value }) => isNode(value) && '__class__' in value && '__module__' in value,
  check: (scan, { value, member }) => {
    for (const node of objectsIn(value)) {
      const found = isNode(node) ? judgeNode(node, scan.allowed) : undefined;
      if (found !== undefined) scan.report(found.rule, { what: found.what, member });
    }
  },
};

export const SKOPS_KINDS: readonly Kind[] = [schema];
