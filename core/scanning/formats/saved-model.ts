import type { ByteSource } from '../byte-source.ts';
import { type Scan, Unscannable } from '../scan.ts';
import { GraphCheck } from '../tensorflow/check-graphs.ts';
import { type Graph, GraphReader } from '../tensorflow/graph.ts';
import { type Field, LENGTH_DELIMITED, ProtobufReader } from './protobuf.ts';

/** Field numbers of saved_model.proto, meta_graph.proto, saver.proto and saved_object_graph.proto. */
const MODEL = { schema: 1, metaGraph: 2 } as const;
const META = { graph: 2, saver: 3, asset: 6, objects: 7, last: 8 } as const;
const SAVER = { filename: 1 } as const;
const ASSET = { tensor: 1, filename: 2 } as const;
const TENSOR_INFO = { name: 1 } as const;
const OBJECTS = { node: 1 } as const;
const OBJECT = { user: 4 } as const;
const USER = { metadata: 3 } as const;

const RULE = 'tensorflow.malformed';
const MESSAGE = (number: number) => number * 8 + LENGTH_DELIMITED;
const SCHEMA_TAG = MODEL.schema * 8;

/** A schema of version 1 and a graph, or a graph alone; other formats begin alike, so the rest decides. */
export const mayBeSavedModel = (head: Uint8Array): boolean =>
  (head[0] === SCHEMA_TAG && head[1] === 1 && head[2] === MESSAGE(MODEL.metaGraph)) || head[0] === MESSAGE(1);

const LAMBDA = /"class_name"\s*:\s*"Lambda"/;
const LEAVES = /^(?:[/\\~]|[A-Za-z]:)|(?:^|[/\\])\.\.(?:[/\\]|$)/;
const nodeOf = (tensor: string): string => tensor.split(':')[0] ?? '';

class SavedModelScan {
  readonly #scan: Scan;
  readonly #member: string | undefined;
  readonly #size: number;
  readonly #reader: ProtobufReader;
  readonly #graphs: GraphReader;
  #nodes = 0;

  constructor(scan: Scan, source: ByteSource, member: string | undefined) {
    this.#scan = scan;
    this.#member = member;
    this.#size = source.size;
    this.#reader = new ProtobufReader(scan, source, RULE);
    this.#graphs = new GraphReader(this.#reader);
  }

  async model(): Promise<void> {
    await this.#reader.walk(0, this.#size, (field) => {
      if (field.number > MODEL.metaGraph) throw new Unscannable(RULE, { what: 'an unknown field' });
      return field.number === MODEL.metaGraph ? this.#metaGraph(field) : undefined;
    });
    if (this.#nodes === 0) throw new Unscannable(RULE, { what: 'no graph' });
  }

  /** A frozen graph has neither checkpoint nor assets. */
  async graph(): Promise<void> {
    const whole = { number: 0, wire: LENGTH_DELIMITED, value: 0, start: 0, end: this.#size };
    this.#check(await this.#graphs.graph(whole), { checkpoint: new Set(), assets: new Set() });
    if (this.#nodes === 0) throw new Unscannable(RULE, { what: 'no graph' });
  }

  async #metaGraph(field: Field): Promise<void> {
    const graphs: Graph[] = [];
    const given = { checkpoint: new Set<string>(), assets: new Set<string>() };
    await this.#graphs.message(field, async (inner) => {
      if (inner.number > META.last) throw new Unscannable(RULE, { what: 'an unknown field' });
      if (inner.number === META.graph) graphs.push(...(await this.#graphs.graph(inner)));
      else if (inner.number === META.saver) await this.#saver(inner, given.checkpoint);
      else if (inner.number === META.asset) await this.#asset(inner, given.assets);
      else if (inner.number === META.objects) await this.#objects(inner);
    });
    this.#check(graphs, given);
  }

  #check(graphs: readonly Graph[], given: { checkpoint: Set<string>; assets: Set<string> }): void {
    this.#nodes += graphs.reduce((sum, graph) => sum + graph.nodes.size, 0);
    new GraphCheck(graphs, given, (rule, what) => this.#scan.report(rule, { what, member: this.#member }));
  }

  #saver(field: Field, checkpoint: Set<string>): Promise<void> {
    return this.#graphs.message(field, async (inner) => {
      if (inner.number === SAVER.filename) checkpoint.add(nodeOf(await this.#graphs.text(inner)));
    });
  }

  #asset(field: Field, assets: Set<string>): Promise<void> {
    return this.#graphs.message(field, async (inner) => {
      if (inner.number === ASSET.tensor)
        await this.#graphs.message(inner, async (part) => {
          if (part.number === TENSOR_INFO.name) assets.add(nodeOf(await this.#graphs.text(part)));
        });
      if (inner.number !== ASSET.filename) return;
      const filename = await this.#graphs.text(inner);
      if (LEAVES.test(filename))
        this.#scan.report('tensorflow.asset-path', { what: `the asset ${filename}`, member: this.#member });
    });
  }

  /** Keras keeps the configuration of each layer as JSON with the object that it saves. */
  #objects(field: Field): Promise<void> {
    const user = (inner: Field) =>
      this.#graphs.message(inner, async (part) => {
        if (part.number !== USER.metadata || part.end - part.start > 65_536) return;
        if (LAMBDA.test(await this.#graphs.text(part)))
          this.#scan.report('tensorflow.lambda', { what: 'a Lambda layer', member: this.#member });
      });
    return this.#graphs.message(field, (node) =>
      node.number === OBJECTS.node
        ? this.#graphs.message(node, (inner) => (inner.number === OBJECT.user ? user(inner) : undefined))
        : undefined,
    );
  }
}

/** @returns what it is, undefined if it is neither; its findings are reported only then */
export const scanSavedModel = async (
  scan: Scan,
  source: ByteSource,
  at: { head: Uint8Array; member: string | undefined },
): Promise<string | undefined> => {
  const quiet = scan.quiet();
  const alone = at.head[0] !== SCHEMA_TAG;
  const found = new SavedModelScan(quiet, source, at.member);
  await quiet.attempt(() => (alone ? found.graph() : found.model()), at.member);
  if (quiet.findings.some(({ rule }) => rule === RULE)) return undefined;
  scan.adopt(quiet);
  return alone ? 'tensorflow-graph' : 'saved-model';
};
