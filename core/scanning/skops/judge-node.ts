import { shown } from '../documents/document.ts';
import { type AllowedImports, judgeImport } from '../documents/imports.ts';
import { type Fields, isFields } from '../documents/walk.ts';
import type { Names } from '../scan.ts';
import { BIT_GENERATORS, MAKING, MENTIONING, MENTIONS, OPERATORS, structureOf } from './allowed.ts';

type SkopsRule = 'skops.type' | 'skops.type-dangerous' | 'skops.forged-node' | 'skops.call' | 'skops.loader';
export type NodeFinding = { readonly rule: SkopsRule; readonly what: string };

const finding = (rule: SkopsRule, what: string): NodeFinding => ({ rule, what });

const named = (node: Fields): string => `${String(node.__module__)}.${String(node.__class__)}`;

/** The class of a node that can make any, or the value that it keeps. */
const judgeClass = (node: Fields, allowed: AllowedImports, extra: Names): NodeFinding | undefined => {
  const name = named(node);
  const judgement = judgeImport(name, { has: (dotted) => allowed.has(dotted) || extra.has(dotted) });
  if (judgement === 'allowed') return undefined;
  const rule = judgement === 'dangerous' ? 'skops.type-dangerous' : 'skops.type';
  return finding(rule, `${shown(name)} of a ${String(node.__loader__)}`);
};

/** Before skops 0.12 the name that is checked need not be that of the function which is called (CVE-2025-54412). */
const judgeOperator = (node: Fields): NodeFinding =>
  node.__module__ !== 'operator' || !OPERATORS.has(String(node.__class__))
    ? finding('skops.forged-node', `an OperatorFuncNode of ${shown(named(node))}`)
    : finding('skops.call', `the function ${shown(named(node))}`);

/** Nor that of the object whose method is taken (CVE-2025-54413). */
const judgeMethod = (node: Fields): NodeFinding => {
  const { obj, func } = isFields(node.content) ? node.content : {};
  const honest = isFields(obj) && named(obj) === named(node) && typeof func === 'string' && !func.startsWith('_');
  return honest
    ? finding('skops.call', `the method ${shown(func)} of ${shown(named(node))}`)
    : finding('skops.forged-node', `a MethodNode of ${shown(named(node))} for ${shown(func)}`);
};

const memberOf = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce((found, name) => (isFields(found) ? found[name] : undefined), value);

/** The class of its bit generator is a string of JSON within its state; the first protocol had no node around it. */
const judgeGenerator = (node: Fields): NodeFinding | undefined => {
  const states = [['content', 'bit_generator'], ['content']].map((path) =>
    memberOf(node, ...path, 'content', 'bit_generator', 'content'),
  );
  const [text] = states.filter((state) => typeof state === 'string');
  if (typeof text === 'string' && BIT_GENERATORS.has(text.replaceAll('"', ''))) return undefined;
  return finding('skops.forged-node', `a generator of ${shown(text)}`);
};

/** What one node of the graph makes when it is loaded. @returns undefined for what every model has */
export const judgeNode = (node: Fields, extra: Names): NodeFinding | undefined => {
  const loader = String(node.__loader__);
  if (loader === 'CachedNode') return undefined;
  if (loader === 'OperatorFuncNode') return judgeOperator(node);
  if (loader === 'MethodNode') return judgeMethod(node);
  const allowed = MENTIONING.has(loader) ? MENTIONS : MAKING.get(loader);
  if (allowed !== undefined) return judgeClass(node, allowed, extra);
  const structure = structureOf(loader);
  if (structure === undefined) return finding('skops.loader', `the loader ${shown(loader)}`);
  if (!structure.has(named(node))) return finding('skops.forged-node', `a ${loader} of ${shown(named(node))}`);
  return loader === 'RandomGeneratorNode' ? judgeGenerator(node) : undefined;
};
