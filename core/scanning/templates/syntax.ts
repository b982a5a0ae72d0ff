/** A node of the syntax tree of @huggingface/jinja. */
export type Node = { readonly type: string };

/** Every kind of node that a template may have, and where its children are. */
const CHILDREN: Readonly<Record<string, readonly string[]>> = {
  Program: ['body'],
  If: ['test', 'body', 'alternate'],
  For: ['loopvar', 'iterable', 'body', 'defaultBlock'],
  Break: [],
  Continue: [],
  Set: ['assignee', 'value', 'body'],
  Macro: ['name', 'args', 'body'],
  CallStatement: ['call', 'callerArgs', 'body'],
  FilterStatement: ['filter', 'body'],
  MemberExpression: ['object', 'property'],
  CallExpression: ['callee', 'args'],
  Identifier: [],
  IntegerLiteral: [],
  FloatLiteral: [],
  StringLiteral: [],
  ArrayLiteral: ['value'],
  TupleLiteral: ['value'],
  ObjectLiteral: ['value'],
  BinaryExpression: ['left', 'right'],
  UnaryExpression: ['argument'],
  FilterExpression: ['operand', 'filter'],
  SelectExpression: ['lhs', 'test'],
  TestExpression: ['operand', 'test'],
  Ternary: ['condition', 'trueExpr', 'falseExpr'],
  SliceExpression: ['start', 'stop', 'step'],
  KeywordArgumentExpression: ['key', 'value'],
  SpreadExpression: ['argument'],
  KeywordSpreadExpression: ['argument'],
};

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

export const isKnown = ({ type }: Node): boolean => Object.hasOwn(CHILDREN, type);

const fieldOf = (node: Node, key: string): unknown => (node as unknown as Record<string, unknown>)[key];

/** The children under one name: none, one, a list, or the keys and values of an object. */
export const nodesAt = (node: Node, key: string): readonly Node[] => {
  const value = fieldOf(node, key);
  if (value instanceof Map) return [...value].flat().filter(isNode);
  return (Array.isArray(value) ? value : [value]).filter(isNode);
};

export const nodeAt = (node: Node, key: string): Node | undefined => nodesAt(node, key)[0];

export const childrenOf = (node: Node): readonly Node[] =>
  (CHILDREN[node.type] ?? []).flatMap((key) => nodesAt(node, key));

/** Of an identifier, else undefined. */
export const nameOf = (node: Node | undefined): string | undefined => {
  const value = node?.type === 'Identifier' ? fieldOf(node, 'value') : undefined;
  return typeof value === 'string' ? value : undefined;
};

export const numberOf = (node: Node): number => Number(fieldOf(node, 'value'));
export const isComputed = (node: Node): boolean => fieldOf(node, 'computed') === true;

export const operatorOf = (node: Node): string => {
  const token = fieldOf(node, 'operator');
  return typeof token === 'object' && token !== null && 'value' in token ? String(token.value) : '';
};

/** The text of a string literal, which `segmentsOf` took out; adjacent literals are one. */
export const textOf = (node: Node, strings: readonly string[]): string | undefined => {
  if (node.type !== 'StringLiteral') return undefined;
  const places = String(fieldOf(node, 'value')).split(';').slice(0, -1);
  return places.map((place) => strings[Number(place)] ?? '').join('');
};

/** The arguments of a filter, test or call, named ones by their value. */
export const argumentsOf = (call: Node): readonly Node[] =>
  call.type === 'CallExpression' ? nodesAt(call, 'args') : [];

/** The name of what is called, of a filter with or without arguments too. */
export const calledName = (call: Node | undefined): string | undefined =>
  nameOf(call?.type === 'CallExpression' ? nodeAt(call, 'callee') : call);
