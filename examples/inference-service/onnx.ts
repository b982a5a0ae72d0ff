/** The part of ONNX that a linear classifier of scikit-learn needs: https://onnx.ai/onnx/repo-docs/IR.html */

type Field = { number: number; value: number; bytes: Uint8Array };

const VARINT = 0;
const LENGTH = 2;
const FIXED32 = 5;

/** Protocol Buffers' wire format; a type that ONNX's own messages do not use is an error. */
function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): number => {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = view.getUint8(at++);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const [number, type] = [tag >>> 3, tag & 7];
    if (type !== VARINT && type !== LENGTH && type !== FIXED32) throw new Error(`wire type ${type} is none of ONNX's`);
    const value = type === FIXED32 ? view.getFloat32(at, true) : varint();
    const size = type === LENGTH ? value : type === FIXED32 ? 4 : 0;
    if (at + size > bytes.length) throw new Error('the file ends within a field');
    yield { number, value, bytes: bytes.subarray(at, at + size) };
    at += size;
  }
}

const all = (bytes: Uint8Array, number: number): Field[] =>
  [...fieldsOf(bytes)].filter((field) => field.number === number);
const textOf = (bytes: Uint8Array, number: number): string =>
  Buffer.from(all(bytes, number)[0]?.bytes ?? []).toString();

const MODEL = { graph: 7 };
const GRAPH = { node: 1 };
const NODE = { op: 4, attribute: 5 };
const ATTRIBUTE = { name: 1, text: 4, floats: 7, ints: 8 };

type Node = { op: string; floats(name: string): number[]; ints(name: string): number[]; text(name: string): string };

const nodeOf = (bytes: Uint8Array): Node => {
  const byName = new Map(
    all(bytes, NODE.attribute).map(({ bytes: attribute }) => [textOf(attribute, ATTRIBUTE.name), attribute]),
  );
  const attribute = (name: string): Uint8Array => byName.get(name) ?? new Uint8Array();
  return {
    op: textOf(bytes, NODE.op),
    floats: (name) => all(attribute(name), ATTRIBUTE.floats).map(({ value }) => value),
    ints: (name) => all(attribute(name), ATTRIBUTE.ints).map(({ value }) => value),
    text: (name) => textOf(attribute(name), ATTRIBUTE.text),
  };
};

export type Prediction = { label: number; probability: number };
export type Classifier = (row: readonly number[]) => Prediction & { probabilities: readonly number[] };

const softmax = (scores: readonly number[]): number[] => {
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - highest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
};

/** @throws for a graph that is not standard scaling followed by a linear classifier with softmax */
export const linearClassifier = (onnx: Uint8Array): Classifier => {
  const nodes = all(all(onnx, MODEL.graph)[0]?.bytes ?? new Uint8Array(), GRAPH.node).map(({ bytes }) => nodeOf(bytes));
  const [scaler, linear] = nodes;
  const shape = nodes.map(({ op }) => op).join(' ');
  if (scaler === undefined || linear === undefined || shape !== 'Scaler LinearClassifier Normalizer')
    throw new Error(`this service runs Scaler LinearClassifier Normalizer, and the graph is: ${shape || 'empty'}`);
  if (linear.text('post_transform') !== 'SOFTMAX')
    throw new Error('the classifier ends in something else than softmax');
  const [offset, scale] = [scaler.floats('offset'), scaler.floats('scale')];
  const [coefficients, intercepts] = [linear.floats('coefficients'), linear.floats('intercepts')];
  const labels = linear.ints('classlabels_ints');
  if (offset.length !== scale.length || coefficients.length !== offset.length * labels.length)
    throw new Error('the coefficients are not one for each feature and class');
  return (row) => {
    if (row.length !== offset.length) throw new RangeError(`${offset.length} features are expected, not ${row.length}`);
    const scaled = row.map((value, i) => (value - (offset[i] ?? 0)) * (scale[i] ?? 0));
    const scores = labels.map((_, k) =>
      scaled.reduce((sum, value, i) => sum + value * (coefficients[k * offset.length + i] ?? 0), intercepts[k] ?? 0),
    );
    const probabilities = softmax(scores);
    const best = probabilities.indexOf(Math.max(...probabilities));
    return { label: labels[best] ?? -1, probability: probabilities[best] ?? 0, probabilities };
  };
};
