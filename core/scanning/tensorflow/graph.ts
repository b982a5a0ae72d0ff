import { type Field, LENGTH_DELIMITED, type ProtobufReader } from '../formats/protobuf.ts';
import { Unscannable } from '../scan.ts';

/** Field numbers of tensorflow/core/framework: graph.proto, function.proto, node_def.proto, attr_value.proto. */
const GRAPH = { node: 1, library: 2, lastField: 5 } as const;
const LIBRARY = { function: 1 } as const;
const FUNCTION = { signature: 1, node: 3 } as const;
const SIGNATURE = { name: 1, input: 2 } as const;
const NODE = { name: 1, op: 2, input: 3, attribute: 5 } as const;
const ENTRY = { key: 1, value: 2 } as const;
const VALUE = { list: 1, string: 2, tensor: 8, function: 10 } as const;
const LIST = { function: 9 } as const;
const TENSOR = { dtype: 1, content: 4, strings: 8 } as const;
const SHARED_NAME = 'shared_name';
const STRING_TYPE = 7;
const MOST_NODES = 2_000_000;
const MOST_STRINGS = 1_000;

export type GraphNode = {
  readonly name: string;
  readonly op: string;
  /** Without what follows a colon; control inputs are left out. */
  readonly inputs: readonly string[];
  /** Functions that the node calls. */
  readonly calls: readonly string[];
  /** Under which name its variable is known, where it has one: nodes that share it share the variable. */
  readonly shared: string;
  /** Texts of a constant, as far as they are short. */
  readonly texts: readonly string[];
};

/** A graph, or the body of a function, whose arguments stand for nodes. */
export type Graph = {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly nodes: ReadonlyMap<string, GraphNode>;
};

const bad = (what: string, offset: number): Unscannable => new Unscannable('tensorflow.malformed', { what, offset });

/** Reads the nodes of graphs; tensors are jumped over. */
export class GraphReader {
  readonly #reader: ProtobufReader;
  #nodes = 0;

  constructor(reader: ProtobufReader) {
    this.#reader = reader;
  }

  /** Calls `visit` with every field of a message. */
  async message(field: Field, visit: (inner: Field) => Promise<void> | undefined): Promise<void> {
    if (field.wire !== LENGTH_DELIMITED) throw bad('a message that is none', field.start);
    await this.#reader.walk(field.start, field.end, visit);
  }

  async text(field: Field): Promise<string> {
    return this.#reader.text(field, 65_536);
  }

  /** @returns the graph itself, then its functions */
  async graph(field: Field): Promise<Graph[]> {
    const nodes = new Map<string, GraphNode>();
    const functions: Graph[] = [];
    await this.message(field, (inner) => {
      if (inner.number > GRAPH.lastField) throw bad('an unknown field', inner.start);
      if (inner.number === GRAPH.node) return this.#node(inner, nodes);
      if (inner.number !== GRAPH.library) return undefined;
      return this.message(inner, (entry) =>
        entry.number === LIBRARY.function
          ? this.#function(entry).then((read) => {
              functions.push(read);
            })
          : undefined,
      );
    });
    return [{ name: '', parameters: [], nodes }, ...functions];
  }

  async #function(field: Field): Promise<Graph> {
    let name = '';
    const parameters: string[] = [];
    const nodes = new Map<string, GraphNode>();
    const parameter = (inner: Field) =>
      this.message(inner, (part) =>
        part.number === SIGNATURE.name ? this.text(part).then((text) => void parameters.push(text)) : undefined,
      );
    await this.message(field, (inner) => {
      if (inner.number === FUNCTION.node) return this.#node(inner, nodes);
      if (inner.number !== FUNCTION.signature) return undefined;
      return this.message(inner, async (part) => {
        if (part.number === SIGNATURE.name) name = await this.text(part);
        if (part.number === SIGNATURE.input) await parameter(part);
      });
    });
    return { name, parameters, nodes };
  }

  async #node(field: Field, nodes: Map<string, GraphNode>): Promise<void> {
    this.#nodes += 1;
    if (this.#nodes > MOST_NODES) throw new Unscannable('limit.crossed', { what: `more than ${MOST_NODES} nodes` });
    let [name, op] = ['', ''];
    const inputs: string[] = [];
    const calls: string[] = [];
    const texts: string[] = [];
    let shared = '';
    await this.message(field, async (inner) => {
      if (inner.number === NODE.name) name = await this.text(inner);
      else if (inner.number === NODE.op) op = await this.text(inner);
      else if (inner.number === NODE.input) inputs.push(await this.text(inner));
      else if (inner.number === NODE.attribute) shared ||= await this.#attribute(inner, calls, texts);
    });
    if (name === '' || op === '') throw bad('a node without name or operator', field.start);
    if (nodes.has(name)) throw bad(`two nodes of the name ${name}`, field.start);
    const data = inputs.filter((input) => !input.startsWith('^')).map((input) => input.split(':')[0] ?? '');
    nodes.set(name, { name, op, inputs: data, calls, texts, shared: shared || name });
  }

  /** @returns the name that the attribute gives to a variable, if it does */
  async #attribute(field: Field, calls: string[], texts: string[]): Promise<string> {
    let key = '';
    let shared = '';
    const call = (inner: Field) =>
      this.message(inner, async (part) => {
        if (part.number === 1) calls.push(await this.text(part));
      });
    await this.message(field, async (entry) => {
      if (entry.number === ENTRY.key) key = await this.text(entry);
      if (entry.number !== ENTRY.value) return;
      await this.message(entry, (value) => {
        if (value.number === VALUE.string && key === SHARED_NAME)
          return this.text(value).then((text) => {
            shared = text;
          });
        if (value.number === VALUE.function) return call(value);
        if (value.number === VALUE.tensor) return this.#tensor(value, texts);
        if (value.number !== VALUE.list) return undefined;
        return this.message(value, (item) => (item.number === LIST.function ? call(item) : undefined));
      });
    });
    return shared;
  }

  async #tensor(field: Field, texts: string[]): Promise<void> {
    let isText = false;
    await this.message(field, async (inner) => {
      if (inner.number === TENSOR.dtype) isText = inner.value === STRING_TYPE;
      if (!isText || texts.length > MOST_STRINGS || inner.end - inner.start > 4096) return;
      if (inner.number === TENSOR.strings || inner.number === TENSOR.content) texts.push(await this.text(inner));
    });
  }
}
