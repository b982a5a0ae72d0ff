import { describe, expect, test } from 'vitest';
import { scanFile } from '../../core/scanning/scan-file.ts';
import { worked } from '../support/worked.ts';
import { concat, rulesOf, scanBytes, sparseSource } from './support.ts';

const u32 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
};
const u64 = (value: number | bigint): Uint8Array => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes;
};
const text = (value: string): Uint8Array => {
  const bytes = new TextEncoder().encode(value);
  return concat(u64(bytes.length), bytes);
};

const STRING = 8;
const entry = (key: string, type: number, value: Uint8Array) => concat(text(key), u32(type), value);
const string = (key: string, value: string) => entry(key, STRING, text(value));
const strings = (key: string, values: readonly string[]) =>
  entry(key, 9, concat(u32(STRING), u64(values.length), Buffer.concat(values.map(text))));
const tensor = (name: string, offset: number, dimensions = [8], type = 0) =>
  concat(text(name), u32(dimensions.length), ...dimensions.map(u64), u32(type), u64(offset));

type Model = {
  readonly entries?: readonly Uint8Array[];
  readonly tensors?: readonly Uint8Array[];
  readonly data?: number;
  readonly version?: number;
  readonly tensorCount?: number | bigint;
  readonly entryCount?: number | bigint;
};

const header = ({ entries = [], tensors = [], version = 3, tensorCount, entryCount }: Model): Uint8Array => {
  const counts = concat(u64(tensorCount ?? tensors.length), u64(entryCount ?? entries.length));
  const bytes = concat(new TextEncoder().encode('GGUF'), u32(version), counts, ...entries, ...tensors);
  return concat(bytes, new Uint8Array((32 - (bytes.length % 32)) % 32));
};
const gguf = (model: Model): Uint8Array => concat(header(model), new Uint8Array(model.data ?? 0));

const ARCHITECTURE = string('general.architecture', 'llama');

describe('a GGUF file', () => {
  test.each([
    ['of version 3', gguf({ entries: [ARCHITECTURE], tensors: [tensor('w', 0)], data: 32 })],
    ['of version 2', gguf({ entries: [ARCHITECTURE], tensors: [tensor('w', 0)], data: 32, version: 2 })],
    ['without tensors', gguf({ entries: [ARCHITECTURE] })],
    ['with tensors in any order', gguf({ tensors: [tensor('b', 32), tensor('a', 0)], data: 64 })],
    ['with quantised tensors', gguf({ tensors: [tensor('q', 0, [64, 2], 8)], data: 2 * 2 * 34 })],
    ['with a tensor filled up to the alignment', gguf({ tensors: [tensor('a', 0, [3]), tensor('b', 32)], data: 64 })],
    [
      'with a longer alignment',
      gguf({ entries: [entry('general.alignment', 4, u32(64))], tensors: [tensor('w', 0)], data: 96 }),
    ],
    ['with a vocabulary', gguf({ entries: [strings('tokenizer.ggml.tokens', ['a', '', '{{ x.__class__ }}'])] })],
    ['with arrays in arrays', gguf({ entries: [entry('x', 9, concat(u32(9), u64(1), u32(4), u64(2), u64(0)))] })],
    [
      'with templates',
      gguf({
        entries: [
          string('tokenizer.chat_template', '{% for m in messages %}{{ m.content }}{% endfor %}'),
          string('tokenizer.chat_template.tool_use', '{{ tools|tojson }}'),
          strings('tokenizer.chat_templates', ['tool_use']),
        ],
      }),
    ],
  ])('%s is clean', async (_what, bytes) => {
    const scan = await scanBytes(bytes);

    expect(scan).toMatchObject({ verdict: 'clean', format: 'gguf', findings: [] });
  });

  test.each([
    ['tokenizer.chat_template', (template: string) => string('tokenizer.chat_template', template)],
    ['a named template', (template: string) => string('tokenizer.chat_template.rag', template)],
    ['a list of templates', (template: string) => strings('tokenizer.chat_templates', ['{{ x }}', template])],
    ['an older name', (template: string) => string('tokenizer.ggml.chat_template', template)],
  ])('whose template breaks out of Jinja (CVE-2024-34359) in %s is malicious', async (_where, build) => {
    const attack = "{{ cycler.__init__.__globals__.os.popen('id').read() }}";

    const scan = await scanBytes(gguf({ entries: [ARCHITECTURE, build(attack)] }));

    expect([scan.verdict, scan.format]).toEqual(['malicious', 'gguf']);
    expect(scan.findings).toContainEqual(
      expect.objectContaining({ rule: 'template.unsafe-access', offset: expect.any(Number) }),
    );
  });

  test.each([
    ['more tensors than it has room for', { tensorCount: 2n ** 62n }],
    ['more entries than it has room for', { entryCount: 1_000 }],
    ['a key that is longer than the file (CVE-2024-21836)', { entries: [concat(u64(2n ** 63n), u64(0))] }],
    ['a string that is longer than the file', { entries: [entry('x', STRING, u64(2n ** 63n + 5n))] }],
    [
      'an array that is longer than the file (CVE-2024-21802)',
      { entries: [entry('x', 9, concat(u32(4), u64(2n ** 62n)))] },
    ],
    ['an array of strings that is longer than the file', { entries: [entry('x', 9, concat(u32(8), u64(9)))] }],
    ['an array of nothing known', { entries: [entry('x', 9, concat(u32(77), u64(1), u64(1)))] }],
    [
      'arrays nested without end',
      { entries: [entry('x', 9, concat(...Array.from({ length: 9 }, () => concat(u32(9), u64(1))), u64(0)))] },
    ],
    ['a value of an unknown type', { entries: [entry('x', 13, u64(0))] }],
    ['a bool of 2', { entries: [entry('x', 7, new Uint8Array([2]))] }],
    ['a key twice', { entries: [ARCHITECTURE, ARCHITECTURE] }],
    ['an empty key', { entries: [string('', 'x')] }],
    ['a key with control characters', { entries: [string('a\0b', 'x')] }],
    ['a template that is a number', { entries: [entry('tokenizer.chat_template', 4, u32(1))] }],
    ['an alignment of 0', { entries: [entry('general.alignment', 4, u32(0))] }],
    ['an alignment of 12', { entries: [entry('general.alignment', 4, u32(12))] }],
    ['a tensor of five dimensions', { tensors: [tensor('w', 0, [1, 1, 1, 1, 1])] }],
    ['a tensor of an unknown type', { tensors: [tensor('w', 0, [8], 99)] }],
    ['a tensor whose size overflows', { tensors: [tensor('w', 0, [2 ** 52, 2 ** 52])] }],
    ['a quantised row that is no whole block', { tensors: [tensor('w', 0, [33], 8)], data: 64 }],
    ['a tensor that is not aligned', { tensors: [tensor('w', 4)], data: 64 }],
    ['a tensor twice', { tensors: [tensor('w', 0), tensor('w', 32)], data: 64 }],
  ] satisfies [string, Model][])('with %s is suspicious', async (_what, model) => {
    const scan = await scanBytes(gguf(model));

    expect([scan.verdict, rulesOf(scan)]).toEqual(['suspicious', ['gguf.header']]);
  });

  test.each([
    ['overlapping tensors', { tensors: [tensor('a', 0, [16]), tensor('b', 32)], data: 64 }],
    ['a tensor beyond the end', { tensors: [tensor('a', 0, [1000])], data: 64 }],
    ['a tensor at an offset beyond every file', { tensors: [tensor('a', 2 ** 52)], data: 64 }],
    ['a hole', { tensors: [tensor('a', 0), tensor('b', 96)], data: 128 }],
    ['bytes behind the last tensor', { tensors: [tensor('a', 0)], data: 128 }],
  ] satisfies [string, Model][])('with %s is suspicious', async (_what, model) => {
    const scan = await scanBytes(gguf(model));

    expect([scan.verdict, rulesOf(scan)]).toEqual(['suspicious', ['gguf.layout']]);
  });

  test.each([0, 1, 4, 3 << 24])('of version %i cannot be scanned', async (version) => {
    const scan = await scanBytes(gguf({ entries: [ARCHITECTURE], version }));

    expect([scan.verdict, rulesOf(scan)]).toEqual(['not-scannable', ['gguf.version']]);
  });

  test('cut off anywhere in its header is never clean', async () => {
    const whole = gguf({ entries: [ARCHITECTURE, strings('t', ['a', 'b'])], tensors: [tensor('w', 0)], data: 32 });

    const verdicts = await Promise.all(
      Array.from(
        { length: whole.length - 4 },
        async (_, length) => (await scanBytes(whole.slice(0, length + 4))).verdict,
      ),
    );

    expect(verdicts).not.toContain('clean');
  });

  test('of 40 GB is read without its tensors, and a large vocabulary without being held', async () => {
    const vocabulary = strings(
      'tokenizer.ggml.tokens',
      Array.from({ length: 150_000 }, (_, i) => `token${i}`),
    );
    const scores = entry('tokenizer.ggml.scores', 9, concat(u32(6), u64(150_000), new Uint8Array(600_000)));
    const start = header({ entries: [vocabulary, scores], tensors: [tensor('w', 0, [10_000_000_000])] });

    const source = sparseSource(start.length + 40e9, [{ at: 0, bytes: start }]);
    const [scan, seconds] = await worked(() => scanFile('m.gguf', source));

    expect(scan.verdict).toBe('clean');
    expect(scan.bytesRead).toBeLessThan(10_000_000);
    expect(seconds).toBeLessThan(1);
  });
});
