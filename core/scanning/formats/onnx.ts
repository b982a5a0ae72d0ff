import type { ByteSource } from '../byte-source.ts';
import { reportCredentials } from '../credentials/report-credentials.ts';
import { type Scan, Unscannable } from '../scan.ts';
import { type Field, LENGTH_DELIMITED, ProtobufReader, VARINT } from './protobuf.ts';

/** Field numbers of onnx.proto (IR version 13). */
const MODEL = { irVersion: 1, graph: 7, opsetImport: 8, metadata: 14, training: 20, functions: 25 } as const;
const REQUIRED = { ir_version: MODEL.irVersion, graph: MODEL.graph, opset_import: MODEL.opsetImport };
const LAST_MODEL_FIELD = 26;
const TRAINING = { initialization: 1, algorithm: 2 } as const;
const GRAPH = { node: 1, initializer: 5, sparseInitializer: 15 } as const;
const NODE = { opType: 4, attribute: 5, domain: 7 } as const;
const ATTRIBUTE = { tensor: 5, graph: 6, tensors: 10, graphs: 11, sparseTensor: 22, sparseTensors: 23 } as const;
const TENSOR = { externalData: 13 } as const;
const SPARSE = { values: 1, indices: 2 } as const;
const FUNCTION = { name: 1, node: 7, domain: 10, attribute: 11 } as const;
const ENTRY = { key: 1, value: 2 } as const;

/** Operators that every runtime brings along; com.microsoft is part of ONNX Runtime. */
const DOMAINS = new Set(['', 'ai.onnx', 'ai.onnx.ml', 'ai.onnx.training', 'ai.onnx.preview.training', 'com.microsoft']);
/** Operators of com.microsoft that run what the file names: Python, or a compiled model for one device. */
const RUNNING = new Set(['PythonOp', 'PythonOpGrad', 'EPContext']);
const EXTERNAL_KEYS = new Set(['location', 'offset', 'length', 'checksum']);
/** A whole number below 2^53. */
const COUNT = /^[0-9]{1,15}$/;
const MAX_DEPTH = 32;
const MAX_OPERATORS = 10_000;
const LONGEST_REMARK = 64 * 1024;

/** The operator in a domain. */
type Operator = { readonly domain: string; readonly name: string };
const operatorKey = ({ domain, name }: Operator) => `${domain}\0${name}`;

class OnnxScan {
  readonly #scan: Scan;
  readonly #reader: ProtobufReader;
  readonly #member: string | undefined;
  readonly #used = new Map<string, Operator>();
  readonly #defined = new Set<string>();

  constructor(scan: Scan, source: ByteSource, member: string | undefined) {
    this.#scan = scan;
    this.#reader = new ProtobufReader(scan, source, 'onnx.malformed');
    this.#member = member;
  }

  async model(size: number): Promise<void> {
    const seen = new Set<number>();
    await this.#reader.walk(0, size, (field) => {
      if (field.number > LAST_MODEL_FIELD) throw new Unscannable('onnx.malformed', { what: 'an unknown field' });
      seen.add(field.number);
      if (field.number === MODEL.graph) return this.#graph(field, 0);
      if (field.number === MODEL.functions) return this.#function(field);
      if (field.number === MODEL.metadata) return this.#metadata(field);
      return field.number === MODEL.training ? this.#training(field) : undefined;
    });
    for (const [name, number] of Object.entries(REQUIRED))
      if (!seen.has(number)) throw new Unscannable('onnx.malformed', { what: `the model has no ${name}` });
    this.#checkOperators();
  }

  /** Reads a short string field; of several with one number the last counts, as protobuf has it. */
  async #keep(field: Field, texts: Map<number, string>): Promise<void> {
    texts.set(field.number, await this.#reader.text(field));
  }

  #enter(depth: number, field: Field): void {
    if (depth > MAX_DEPTH)
      throw new Unscannable('limit.crossed', { what: 'graphs nested too deep', offset: field.start });
    if (field.wire !== LENGTH_DELIMITED)
      throw new Unscannable('onnx.malformed', { what: 'a message that is none', offset: field.start });
  }

  #training(field: Field): Promise<void> {
    this.#enter(0, field);
    return this.#reader.walk(field.start, field.end, (inner) =>
      inner.number === TRAINING.initialization || inner.number === TRAINING.algorithm
        ? this.#graph(inner, 1)
        : undefined,
    );
  }

  #graph(field: Field, depth: number): Promise<void> {
    this.#enter(depth, field);
    return this.#reader.walk(field.start, field.end, (inner) => {
      if (inner.number === GRAPH.node) return this.#node(inner, depth + 1);
      if (inner.number === GRAPH.initializer) return this.#tensor(inner);
      return inner.number === GRAPH.sparseInitializer ? this.#sparse(inner) : undefined;
    });
  }

  async #node(field: Field, depth: number): Promise<void> {
    this.#enter(depth, field);
    const texts = new Map<number, string>();
    await this.#reader.walk(field.start, field.end, (inner) => {
      if (inner.number === NODE.attribute) return this.#attribute(inner, depth + 1);
      return inner.number === NODE.domain || inner.number === NODE.opType ? this.#keep(inner, texts) : undefined;
    });
    const operator = { domain: texts.get(NODE.domain) ?? '', name: texts.get(NODE.opType) ?? '' };
    if (this.#used.size > MAX_OPERATORS) throw new Unscannable('limit.crossed', { what: 'too many operators' });
    this.#used.set(operatorKey(operator), operator);
  }

  #attribute(field: Field, depth: number): Promise<void> {
    this.#enter(depth, field);
    return this.#reader.walk(field.start, field.end, (inner) => {
      if (inner.number === ATTRIBUTE.graph || inner.number === ATTRIBUTE.graphs) return this.#graph(inner, depth + 1);
      if (inner.number === ATTRIBUTE.tensor || inner.number === ATTRIBUTE.tensors) return this.#tensor(inner);
      const sparse = inner.number === ATTRIBUTE.sparseTensor || inner.number === ATTRIBUTE.sparseTensors;
      return sparse ? this.#sparse(inner) : undefined;
    });
  }

  #sparse(field: Field): Promise<void> {
    this.#enter(0, field);
    return this.#reader.walk(field.start, field.end, (inner) =>
      inner.number === SPARSE.values || inner.number === SPARSE.indices ? this.#tensor(inner) : undefined,
    );
  }

  #tensor(field: Field): Promise<void> {
    this.#enter(0, field);
    return this.#reader.walk(field.start, field.end, (inner) =>
      inner.number === TENSOR.externalData ? this.#external(inner) : undefined,
    );
  }

  /** ONNX Runtime can be told to take its own settings from the metadata; exporters write all sorts of things there. */
  async #metadata(field: Field): Promise<void> {
    this.#enter(0, field);
    let [key, value] = ['', ''];
    await this.#reader.walk(field.start, field.end, async (inner) => {
      if (inner.number === ENTRY.key) key = await this.#reader.text(inner);
      if (inner.number === ENTRY.value && inner.end - inner.start <= LONGEST_REMARK)
        value = await this.#reader.text(inner, LONGEST_REMARK);
    });
    const at = { offset: field.start, member: this.#member };
    reportCredentials(this.#scan, `${key}: "${value}"`, at);
    if (key === 'ort_config') this.#scan.report('onnx.metadata', { what: 'metadata of ort_config', ...at });
  }

  async #external(field: Field): Promise<void> {
    this.#enter(0, field);
    const texts = new Map<number, string>();
    await this.#reader.walk(field.start, field.end, (inner) => {
      return inner.number === ENTRY.key || inner.number === ENTRY.value ? this.#keep(inner, texts) : undefined;
    });
    const key = texts.get(ENTRY.key) ?? '';
    const value = texts.get(ENTRY.value) ?? '';
    const at = { offset: field.start, member: this.#member };
    if (key === 'location') this.#location(value, at);
    else if (!EXTERNAL_KEYS.has(key))
      this.#scan.report('onnx.external-data', { what: `external data with ${key}`, ...at });
    else if (key !== 'checksum' && !COUNT.test(value))
      this.#scan.report('onnx.external-data', { what: `external data with ${key} ${value}`, ...at });
  }

  /** onnx joins the location to the directory of the model and opens it. */
  #location(location: string, at: { offset: number; member: string | undefined }): void {
    const absolute = /^(?:[\\/]|[A-Za-z]:|[A-Za-z][A-Za-z0-9+.-]*:\/\/|~)/.test(location);
    if (absolute || location.split(/[\\/]/).includes('..'))
      this.#scan.report('onnx.external-path', { what: `external data at ${location}`, ...at });
    else if (location === '' || /[\0-\x1f\\\ufffd]/.test(location))
      this.#scan.report('onnx.external-data', { what: 'external data without a plain file name', ...at });
    else this.#scan.reference(location);
  }

  async #function(field: Field): Promise<void> {
    this.#enter(0, field);
    const texts = new Map<number, string>();
    await this.#reader.walk(field.start, field.end, (inner) => {
      if (inner.number === FUNCTION.node) return this.#node(inner, 1);
      if (inner.number === FUNCTION.attribute) return this.#attribute(inner, 1);
      return inner.number === FUNCTION.domain || inner.number === FUNCTION.name ? this.#keep(inner, texts) : undefined;
    });
    this.#defined.add(operatorKey({ domain: texts.get(FUNCTION.domain) ?? '', name: texts.get(FUNCTION.name) ?? '' }));
  }

  /** A function that the model defines itself is made of the operators that it uses, which are checked too. */
  #checkOperators(): void {
    for (const [key, { domain, name }] of this.#used)
      if ((!DOMAINS.has(domain) || RUNNING.has(name)) && !this.#defined.has(key))
        this.#scan.report('onnx.custom-domain', { what: `operator ${name} of domain ${domain}`, member: this.#member });
  }
}

const IR_VERSION_TAG = (MODEL.irVersion << 3) | VARINT;
const NEWEST_IR_VERSION = 100;

/** The first field is nearly always the IR version, a small number; writers may order fields otherwise. */
export const looksLikeOnnx = (head: Uint8Array): boolean =>
  head[0] === IR_VERSION_TAG && (head[1] ?? NEWEST_IR_VERSION) < NEWEST_IR_VERSION;

/** @returns whether the content is an ONNX model; its findings are reported only then */
export const scanOnnx = async (scan: Scan, source: ByteSource, member: string | undefined): Promise<boolean> => {
  const quiet = scan.quiet();
  await quiet.attempt(() => new OnnxScan(quiet, source, member).model(source.size), member);
  const none = quiet.findings.some(({ rule }) => rule === 'onnx.malformed');
  if (none && quiet.findings.length === 1) return false;
  scan.adopt(quiet);
  return true;
};
