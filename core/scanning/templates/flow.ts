import { FILLING_METHODS, PRESERVING, PRESERVING_METHODS } from './allowed.ts';
import {
  argumentsOf,
  calledName,
  childrenOf,
  type Node,
  nameOf,
  nodeAt,
  nodesAt,
  operatorOf,
  textOf,
} from './syntax.ts';

/**
 * What a value can be made of: `data` that the template was given, a `literal` that is a harmless name as it stands,
 * or a string `made` by the template. Only the last can be a name that was hidden from this check.
 */
type Kind = 'data' | 'literal' | 'made';
const RANK: Readonly<Record<Kind, number>> = { data: 0, literal: 1, made: 2 };
const worst = (kinds: readonly Kind[]): Kind => kinds.reduce<Kind>((a, b) => (RANK[b] > RANK[a] ? b : a), 'data');

/** No part of it, and nothing that trimming leaves, is a private name. */
const isPlainName = (text: string): boolean => !/__|^\s*_|_\s*$/.test(text);

type Binding = readonly [name: string, value: Node | Kind];

/** A chain of assignments longer than this is not followed to its end. */
const MOST_PASSES = 20;

/** Follows values through assignments, loops and macros; where a name is bound does not matter. */
export class Flow {
  readonly #strings: readonly string[];
  readonly #macros = new Map<string, readonly Node[]>();
  readonly #kinds = new Map<string, Kind>();

  constructor(program: Node, strings: readonly string[]) {
    this.#strings = strings;
    this.#collectMacros(program);
    const bindings: Binding[] = [];
    this.#collect(program, bindings);
    this.#settle(bindings);
  }

  get macros(): ReadonlyMap<string, unknown> {
    return this.#macros;
  }

  isMade(node: Node): boolean {
    return this.#kindOf(node) === 'made';
  }

  #collectMacros(node: Node): void {
    const name = node.type === 'Macro' ? nameOf(nodeAt(node, 'name')) : undefined;
    if (name !== undefined) this.#macros.set(name, [...(this.#macros.get(name) ?? []), node]);
    for (const child of childrenOf(node)) this.#collectMacros(child);
  }

  #settle(bindings: readonly Binding[]): void {
    for (let pass = 0; ; pass += 1) {
      let changed = false;
      for (const [name, value] of bindings) {
        const before = this.#kinds.get(name) ?? 'data';
        const after =
          pass >= MOST_PASSES ? 'made' : worst([before, typeof value === 'string' ? value : this.#kindOf(value)]);
        if (after !== before) changed = true;
        this.#kinds.set(name, after);
      }
      if (!changed || pass >= MOST_PASSES) return;
    }
  }

  #collect(node: Node, bindings: Binding[]): void {
    const bind = (target: Node | undefined, value: Node | Kind): void => {
      if (target === undefined) return;
      if (target.type === 'MemberExpression') bindings.push([this.#attributeOf(target), value]);
      else if (target.type === 'Identifier') bindings.push([nameOf(target) ?? '', value]);
      else for (const each of childrenOf(target)) bind(each, value);
    };
    if (node.type === 'Set') bind(nodeAt(node, 'assignee'), nodeAt(node, 'value') ?? 'made');
    if (node.type === 'For') bind(nodeAt(node, 'loopvar'), nodeAt(node, 'iterable') ?? 'made');
    if (node.type === 'CallStatement') for (const each of nodesAt(node, 'callerArgs')) bind(each, 'made');
    if (node.type === 'CallExpression') this.#bindArguments(node, bind);
    const method = node.type === 'CallExpression' ? nodeAt(node, 'callee') : undefined;
    if (method !== undefined && FILLING_METHODS.has(nameOf(nodeAt(method, 'property')) ?? ''))
      for (const value of argumentsOf(node)) bind(nodeAt(method, 'object'), value);
    if (node.type === 'KeywordArgumentExpression') {
      const value = nodeAt(node, 'value') ?? 'made';
      bind(nodeAt(node, 'key'), value);
      // An attribute of the namespace or dict that the call makes.
      bindings.push([`.${nameOf(nodeAt(node, 'key')) ?? ''}`, value]);
    }
    for (const child of childrenOf(node)) this.#collect(child, bindings);
  }

  #bindArguments(call: Node, bind: (target: Node | undefined, value: Node | Kind) => void): void {
    const given = argumentsOf(call);
    const spread = given.some(({ type }) => type.includes('Spread'));
    for (const macro of this.#macros.get(calledName(call) ?? '') ?? [])
      for (const [place, parameter] of nodesAt(macro, 'args').entries()) {
        const target = parameter.type === 'Identifier' ? parameter : nodeAt(parameter, 'key');
        const value = given[place];
        if (spread) bind(target, 'made');
        else if (value !== undefined && value.type !== 'KeywordArgumentExpression') bind(target, value);
      }
  }

  #all(nodes: readonly Node[]): Kind {
    return worst(nodes.map((node) => this.#kindOf(node)));
  }

  #kindOf(node: Node | undefined): Kind {
    if (node === undefined) return 'data';
    switch (node.type) {
      case 'Identifier':
        return this.#kinds.get(nameOf(node) ?? '') ?? 'data';
      case 'StringLiteral':
        return isPlainName(textOf(node, this.#strings) ?? '') ? 'literal' : 'made';
      case 'IntegerLiteral':
      case 'FloatLiteral':
      case 'TestExpression':
        return 'data';
      case 'MemberExpression':
        return this.#member(node);
      case 'BinaryExpression':
        return this.#binary(node);
      case 'CallExpression':
        return this.#call(node);
      case 'FilterExpression':
        return this.#filter(node);
      case 'Ternary':
        return worst([this.#kindOf(nodeAt(node, 'trueExpr')), this.#kindOf(nodeAt(node, 'falseExpr'))]);
      case 'SelectExpression':
        return this.#kindOf(nodeAt(node, 'lhs'));
      default:
        return this.#all(childrenOf(node));
    }
  }

  #member(node: Node): Kind {
    const object = this.#kindOf(nodeAt(node, 'object'));
    if (nodeAt(node, 'property')?.type === 'SliceExpression') return object === 'data' ? 'data' : 'made';
    return worst([object, this.#kinds.get(this.#attributeOf(node)) ?? 'data']);
  }

  /** The name under which the value of an attribute is known, of whatever object. */
  #attributeOf(member: Node): string {
    const property = nodeAt(member, 'property');
    return `.${nameOf(property) ?? (property === undefined ? '' : textOf(property, this.#strings)) ?? ''}`;
  }

  /** Sums with a number are numbers; other sums, and `~`, put strings together. */
  #binary(node: Node): Kind {
    const operator = operatorOf(node);
    const [left, right] = [nodeAt(node, 'left'), nodeAt(node, 'right')];
    if (operator === 'and' || operator === 'or') return worst([this.#kindOf(left), this.#kindOf(right)]);
    if (operator === '~') return 'made';
    if (operator === '+')
      return left?.type === 'IntegerLiteral' || right?.type === 'IntegerLiteral' ? this.#all(childrenOf(node)) : 'made';
    if (operator === '%' || operator === '*') return this.#kindOf(left) === 'data' ? this.#kindOf(right) : 'made';
    return 'data';
  }

  #call(node: Node): Kind {
    const callee = nodeAt(node, 'callee');
    const given = argumentsOf(node);
    if (callee?.type === 'Identifier') {
      if (this.#macros.has(nameOf(callee) ?? '') || nameOf(callee) === 'caller') return 'made';
      return this.#all(given);
    }
    const method = nameOf(callee === undefined ? undefined : nodeAt(callee, 'property')) ?? '';
    const object = this.#kindOf(callee === undefined ? undefined : nodeAt(callee, 'object'));
    if (!PRESERVING_METHODS.has(method)) return 'made';
    // Splitting or trimming a literal leaves parts of it; looking something up does not.
    if (object === 'literal' && !/^(?:get|items|keys|values|pop|copy)$/.test(method)) return 'made';
    return method === 'get' || method === 'pop' ? worst([object, this.#all(given)]) : object;
  }

  #filter(node: Node): Kind {
    const filter = nodeAt(node, 'filter');
    const operand = this.#kindOf(nodeAt(node, 'operand'));
    if (!PRESERVING.has(calledName(filter) ?? '')) return 'made';
    if (!/^(?:d|default)$/.test(calledName(filter) ?? '')) return operand;
    return worst([operand, this.#all(filter === undefined ? [] : argumentsOf(filter))]);
  }
}
