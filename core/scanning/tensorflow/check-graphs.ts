import { TENSORFLOW, TENSORFLOW_OPENS } from '../allowlists/tensorflow.ts';
import type { Graph, GraphNode } from './graph.ts';

type TensorflowRule = 'tensorflow.opens' | 'tensorflow.file-path' | 'tensorflow.operator';
type Report = (rule: TensorflowRule, what: string) => void;

/** Nodes of the outer graph whose value the loader sets: the name of the checkpoint, and those of assets. */
export type GivenPaths = { readonly checkpoint: ReadonlySet<string>; readonly assets: ReadonlySet<string> };

/** Operators that open what they are told, and which of their inputs tell it. */
const OPENERS: Readonly<Record<string, { readonly paths: readonly number[]; readonly from: keyof GivenPaths }>> = {
  SaveV2: { paths: [0], from: 'checkpoint' },
  RestoreV2: { paths: [0], from: 'checkpoint' },
  Save: { paths: [0], from: 'checkpoint' },
  SaveSlices: { paths: [0], from: 'checkpoint' },
  Restore: { paths: [0], from: 'checkpoint' },
  RestoreSlice: { paths: [0], from: 'checkpoint' },
  MergeV2Checkpoints: { paths: [0, 1], from: 'checkpoint' },
  InitializeTableFromTextFile: { paths: [1], from: 'assets' },
  InitializeTableFromTextFileV2: { paths: [1], from: 'assets' },
};
/** Through these the name of a file passes on its way. */
const PASSING = new Set([
  'Const',
  'Identity',
  'Pack',
  'Select',
  'SelectV2',
  'ShardedFilename',
  'StaticRegexFullMatch',
  'StringJoin',
  'Fill',
  'ExpandDims',
]);
const VARIABLE = 'VarHandleOp';
const ASSIGN = 'AssignVariableOp';
const READ = 'ReadVariableOp';
const OF_VARIABLE = new Set([ASSIGN, READ, 'VarIsInitializedOp', 'DestroyResourceOp']);
const CALLS = new Set(['PartitionedCall', 'StatefulPartitionedCall']);
const LEAVES = /^(?:[/~\\]|[A-Za-z]:)|:\/\/|(?:^|[/\\])\.\.(?:[/\\]|$)/;

const DEEPEST = 200;

type Sink = { readonly parameter: number; readonly from: keyof GivenPaths };

/** Follows the names of files from where they are opened to where they come from, through calls of functions. */
export class GraphCheck {
  readonly #graphs: ReadonlyMap<string, Graph>;
  readonly #given: GivenPaths;
  readonly #report: Report;
  /** Functions that are being followed. */
  readonly #open = new Set<string>();
  readonly #sinks = new Map<string, readonly Sink[]>();

  constructor(graphs: readonly Graph[], given: GivenPaths, report: Report) {
    this.#graphs = new Map(graphs.map((graph) => [graph.name, graph]));
    this.#given = given;
    this.#report = report;
    for (const graph of graphs) {
      for (const node of graph.nodes.values()) this.#operator(node);
      this.#sinksOf(graph.name);
    }
  }

  #operator({ op }: GraphNode): void {
    if (TENSORFLOW_OPENS.has(op)) this.#report('tensorflow.opens', `the operator ${op}`);
    else if (!TENSORFLOW.has(op) && OPENERS[op] === undefined && !this.#graphs.has(op))
      this.#report('tensorflow.operator', `the operator ${op}`);
  }

  /** Which arguments of a function end up as names of files. */
  #sinksOf(name: string, depth = 0): readonly Sink[] {
    const known = this.#sinks.get(name);
    if (known !== undefined) return known;
    const graph = this.#graphs.get(name);
    if (graph === undefined) return [];
    if (this.#open.has(name) || depth > DEEPEST) {
      this.#report('tensorflow.file-path', 'functions that call each other in a circle, or too deep');
      return [];
    }
    this.#open.add(name);
    const sinks = [...graph.nodes.values()].flatMap((node) => this.#opened(graph, node, depth + 1));
    this.#open.delete(name);
    this.#sinks.set(name, sinks);
    return sinks;
  }

  #opened(graph: Graph, node: GraphNode, depth: number): Sink[] {
    const opener = OPENERS[node.op];
    if (opener !== undefined)
      return opener.paths.flatMap((i) => this.#follow(graph, node.inputs[i] ?? '', opener.from));
    const called = [...node.calls, ...(this.#graphs.has(node.op) ? [node.op] : [])];
    return called.flatMap((name) => {
      const sinks = this.#sinksOf(name, depth);
      if (sinks.length === 0) return [];
      if (CALLS.has(node.op) || node.op === name)
        return sinks.flatMap(({ parameter, from }) => this.#follow(graph, node.inputs[parameter] ?? '', from));
      this.#report('tensorflow.file-path', `${node.op} calls ${name}, which opens files`);
      return [];
    });
  }

  /** From an input back to arguments, constants and what the loader gives. */
  #follow(graph: Graph, start: string, from: keyof GivenPaths): Sink[] {
    const sinks = new Map<number, Sink>();
    const seen = new Set<string>();
    const waiting = [start];
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (seen.has(name)) continue;
      seen.add(name);
      const parameter = graph.parameters.indexOf(name);
      if (parameter >= 0) sinks.set(parameter, { parameter, from });
      else if (graph.name !== '' || !this.#given[from].has(name)) waiting.push(...this.#passed(graph, name, from));
    }
    return [...sinks.values()];
  }

  /**
   * What a variable of the outer graph may hold, where that can be told: nobody else knows it, and the handle goes
   * nowhere. Newer TensorFlow keeps the path of an asset so.
   */
  #assigned(graph: Graph, name: string): readonly string[] {
    const handle = graph.nodes.get(name);
    if (graph.name !== '' || handle?.op !== VARIABLE) return [];
    const all = [...this.#graphs.values()].flatMap(({ nodes }) => [...nodes.values()]);
    const users = [...graph.nodes.values()].filter(({ inputs }) => inputs.includes(name));
    const isShared = all.filter(({ op, shared }) => op === VARIABLE && shared === handle.shared).length > 1;
    if (isShared || !users.every(({ op, inputs }) => OF_VARIABLE.has(op) && inputs.lastIndexOf(name) === 0)) return [];
    return users.flatMap(({ op, inputs }) => (op === ASSIGN ? [inputs[1] ?? ''] : []));
  }

  #passed(graph: Graph, name: string, from: keyof GivenPaths): readonly string[] {
    const node = graph.nodes.get(name);
    if (from === 'assets' && node?.op === READ) {
      const assigned = this.#assigned(graph, node.inputs[0] ?? '');
      if (assigned.length > 0) return assigned;
    }
    const at = `${from === 'assets' ? 'an asset' : 'a checkpoint'} is opened by`;
    if (node === undefined) this.#report('tensorflow.file-path', `${at} a value from nowhere`);
    else if (!PASSING.has(node.op)) this.#report('tensorflow.file-path', `${at} the result of ${node.op}`);
    else if (from === 'assets' && node.op === 'Const')
      this.#report('tensorflow.file-path', `${at} ${node.texts[0] ?? 'a constant'}, which is no asset of the model`);
    else if (node.texts.some((text) => LEAVES.test(text)))
      this.#report('tensorflow.file-path', `${at} ${node.texts.find((text) => LEAVES.test(text)) ?? ''}`);
    return node?.inputs ?? [];
  }
}
