import {
  DUNDER,
  FILTERS,
  FORBIDDEN_ATTRIBUTES,
  FORBIDDEN_NAMES,
  FUNCTIONS,
  METHODS,
  NAMES_ATTRIBUTE,
  NAMES_FILTER,
  NAMES_TEST,
  TESTS,
} from './allowed.ts';
import { Flow } from './flow.ts';
import {
  argumentsOf,
  calledName,
  childrenOf,
  isComputed,
  isKnown,
  type Node,
  nameOf,
  nodeAt,
  nodesAt,
  numberOf,
  operatorOf,
  textOf,
} from './syntax.ts';

type TemplateRule =
  | 'template.unsafe-access'
  | 'template.computed-access'
  | 'template.not-allowed'
  | 'template.expansion';

type Report = (rule: TemplateRule, what: string) => void;

/** Longer loops and repetitions than a prompt can need. */
const LARGEST_NUMBER = 1_000_000;
const MOST_NESTED_RANGES = 2;

/** Holds every node of a template against what templates need. */
export class Judge {
  readonly #strings: readonly string[];
  readonly #flow: Flow;
  readonly #report: Report;

  constructor(program: Node, strings: readonly string[], report: Report) {
    this.#strings = strings;
    this.#flow = new Flow(program, strings);
    this.#report = report;
    this.#visit(program, 0);
  }

  /** Nodes of which more is asked than that their children are allowed. */
  readonly #visits: Readonly<Record<string, (node: Node, ranges: number) => void>> = {
    Identifier: (node) => this.#name(nameOf(node) ?? ''),
    StringLiteral: (node) => this.#string(textOf(node, this.#strings) ?? ''),
    IntegerLiteral: (node) => this.#number(numberOf(node)),
    MemberExpression: (node, ranges) => this.#member(node, ranges),
    CallExpression: (node, ranges) => this.#call(node, ranges),
    FilterExpression: (node, ranges) => {
      this.#visitAll([nodeAt(node, 'operand')], ranges);
      this.#filter(nodeAt(node, 'filter'), ranges);
    },
    FilterStatement: (node, ranges) => {
      this.#visitAll(nodesAt(node, 'body'), ranges);
      this.#filter(nodeAt(node, 'filter'), ranges);
    },
    TestExpression: (node, ranges) => {
      this.#visitAll([nodeAt(node, 'operand')], ranges);
      this.#test(nameOf(nodeAt(node, 'test')));
    },
    KeywordArgumentExpression: (node, ranges) => {
      this.#attribute(nameOf(nodeAt(node, 'key')) ?? '');
      this.#visitAll([nodeAt(node, 'value')], ranges);
    },
    For: (node, ranges) => this.#loop(node, ranges),
    BinaryExpression: (node, ranges) => {
      this.#binary(node);
      this.#visitAll(childrenOf(node), ranges);
    },
  };

  #visit(node: Node, ranges: number): void {
    if (!isKnown(node)) this.#report('template.not-allowed', `a ${node.type}`);
    const visit = this.#visits[node.type];
    if (visit === undefined) this.#visitAll(childrenOf(node), ranges);
    else visit(node, ranges);
  }

  #visitAll(nodes: readonly (Node | undefined)[], ranges: number): void {
    for (const node of nodes) if (node !== undefined) this.#visit(node, ranges);
  }

  #name(name: string): void {
    if (name.startsWith('__')) this.#report('template.unsafe-access', `the name ${name}`);
    else if (FORBIDDEN_NAMES.has(name)) this.#report('template.not-allowed', `the name ${name}`);
    else if (name === 'namespace') this.#report('template.not-allowed', 'namespace other than as a call');
  }

  #string(text: string): void {
    if (DUNDER.test(text) && text.length < 200)
      this.#report('template.unsafe-access', `the string ${JSON.stringify(text)}`);
  }

  #number(value: number): void {
    if (value > LARGEST_NUMBER) this.#report('template.expansion', `the number ${value}`);
  }

  #attribute(name: string): void {
    if (name.startsWith('_') || name.includes('__') || FORBIDDEN_ATTRIBUTES.has(name))
      this.#report('template.unsafe-access', `the attribute ${name}`);
  }

  #member(node: Node, ranges: number): void {
    const property = nodeAt(node, 'property');
    this.#visitAll([nodeAt(node, 'object')], ranges);
    if (property === undefined) return;
    const literal = isComputed(node) ? textOf(property, this.#strings) : (nameOf(property) ?? '');
    if (literal !== undefined) {
      this.#attribute(literal);
      return;
    }
    if (this.#flow.isMade(property))
      this.#report('template.computed-access', 'the name of an attribute is put together by the template');
    this.#visit(property, ranges);
  }

  #call(node: Node, ranges: number): void {
    const callee = nodeAt(node, 'callee');
    const name = nameOf(callee);
    if (name !== undefined) {
      if (!FUNCTIONS.has(name) && !this.#flow.macros.has(name))
        this.#report('template.not-allowed', `a call of ${name}`);
      if (name !== 'namespace') this.#name(name);
    } else if (callee?.type === 'MemberExpression' && !isComputed(callee)) {
      const method = nameOf(nodeAt(callee, 'property')) ?? '';
      if (!METHODS.has(method)) this.#report('template.not-allowed', `a call of the method ${method}`);
      this.#visit(callee, ranges);
    } else {
      this.#report('template.not-allowed', 'a call of a computed value');
      this.#visitAll([callee], ranges);
    }
    this.#visitAll(argumentsOf(node), ranges);
  }

  #filter(filter: Node | undefined, ranges: number): void {
    const name = calledName(filter);
    const given = filter === undefined ? [] : argumentsOf(filter);
    if (name === 'attr') this.#report('template.unsafe-access', 'the filter attr');
    else if (name === undefined || !FILTERS.has(name))
      this.#report('template.not-allowed', `the filter ${name ?? 'of no name'}`);
    this.#visitAll(given, ranges);
    this.#filterArguments(name ?? '', given);
  }

  /** Some arguments name other filters, tests and attributes. */
  #filterArguments(filter: string, given: readonly Node[]): void {
    const [first, second] = given.filter(({ type }) => type !== 'KeywordArgumentExpression');
    if (NAMES_FILTER.has(filter) && first !== undefined) this.#named(first, FILTERS, 'filter');
    if (NAMES_TEST.has(filter) && first !== undefined) this.#named(first, TESTS, 'test');
    if (NAMES_ATTRIBUTE.has(filter)) this.#path(first);
    if (/^(?:select|reject)attr$/.test(filter) && second !== undefined) this.#named(second, TESTS, 'test');
    for (const argument of given)
      if (nameOf(nodeAt(argument, 'key')) === 'attribute') this.#path(nodeAt(argument, 'value'));
  }

  #named(node: Node, allowed: ReadonlySet<string>, what: string): void {
    const name = textOf(node, this.#strings);
    if (name === 'attr') this.#report('template.unsafe-access', 'the filter attr');
    else if (name === undefined || !allowed.has(name))
      this.#report('template.not-allowed', `the ${what} ${name ?? 'of a computed name'}`);
  }

  /** Filters take a path of attributes, with dots. */
  #path(node: Node | undefined): void {
    if (node === undefined || node.type === 'IntegerLiteral') return;
    const text = textOf(node, this.#strings);
    if (text === undefined) this.#report('template.computed-access', 'a filter by an attribute of a computed name');
    else for (const part of text.split(/[.,]/)) this.#attribute(part.trim());
  }

  #test(name: string | undefined): void {
    if (name === undefined || !TESTS.has(name))
      this.#report('template.not-allowed', `the test ${name ?? 'of no name'}`);
  }

  #loop(node: Node, ranges: number): void {
    const iterable = nodeAt(node, 'iterable');
    const inside = ranges + (calledName(iterable) === 'range' ? 1 : 0);
    if (inside > MOST_NESTED_RANGES) this.#report('template.expansion', 'loops over ranges inside one another');
    this.#visitAll([nodeAt(node, 'loopvar'), iterable], ranges);
    this.#visitAll([...nodesAt(node, 'body'), ...nodesAt(node, 'defaultBlock')], inside);
  }

  /** `x ~ x` in a loop doubles a string each time. */
  #binary(node: Node): void {
    const operator = operatorOf(node);
    const [left, right] = [nodeAt(node, 'left'), nodeAt(node, 'right')];
    if (operator === '**') this.#report('template.expansion', 'a power');
    if (!/^[~+]$/.test(operator) || left === undefined || right === undefined) return;
    const path = this.#pathOf(left);
    if (path !== undefined && path === this.#pathOf(right))
      this.#report('template.expansion', `${path} is put together with itself`);
  }

  #pathOf(node: Node): string | undefined {
    if (node.type === 'Identifier') return nameOf(node);
    const object = node.type === 'MemberExpression' ? nodeAt(node, 'object') : undefined;
    const property = nameOf(nodeAt(node, 'property'));
    const path = object === undefined ? undefined : this.#pathOf(object);
    return path === undefined || property === undefined ? undefined : `${path}.${property}`;
  }
}
