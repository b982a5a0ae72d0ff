import { view } from '../bytes.ts';
import type { Content } from '../content.ts';
import { reportCredentials } from '../credentials/report-credentials.ts';
import { limit, type Scan, Unscannable } from '../scan.ts';
import { checkTemplate } from './chat-template.ts';
import { checkLayout, type GgufTensor, readTensor, SMALLEST_TENSOR } from './gguf-layout.ts';
import { badHeader, GgufStream } from './gguf-stream.ts';

const VERSION_AT = 4;
const COUNTS_AT = 8;

/** Types of values, with the size of those that have one. */
const STRING = 8;
const ARRAY = 9;
const BOOL = 7;
const UINT32 = 4;
const SIZES: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};
/** The shortest array or string: its type and its length, or its length. */
const SMALLEST: Readonly<Record<number, number>> = { [STRING]: 8, [ARRAY]: 12 };

const LONGEST_KEY = 65_535;
const KEY = /^[A-Za-z0-9_.+/-]+$/;
const SMALLEST_ENTRY = 8 + 1 + 4 + 1;
const DEEPEST_ARRAY = 4;
const DEFAULT_ALIGNMENT = 32;
const LARGEST_ALIGNMENT = 65_536;

/** `tokenizer.chat_template`, `tokenizer.chat_template.<name>`, and lists of them. */
const TEMPLATE = /chat_?template/i;
const LONGEST_TEMPLATE = 1024 * 1024;
const MOST_TEMPLATES = 100;
const LONGEST_REMARK = 64 * 1024;

class GgufScan {
  readonly #scan: Scan;
  readonly #member: string | undefined;
  readonly #stream: GgufStream;
  readonly #size: number;
  readonly #names = new Set<string>();
  #alignment = DEFAULT_ALIGNMENT;

  constructor(scan: Scan, { source, member }: Content) {
    this.#scan = scan;
    this.#member = member;
    this.#size = source.size;
    this.#stream = new GgufStream(scan, source, COUNTS_AT);
  }

  async run(): Promise<void> {
    const tensorCount = await this.#stream.count('tensors', SMALLEST_TENSOR);
    const entryCount = await this.#stream.count('entries', SMALLEST_ENTRY);
    if (Math.max(tensorCount, entryCount) > this.#scan.limits.members) throw limit('members', this.#scan.limits);
    for (let i = 0; i < entryCount; i += 1) await this.#entry();
    this.#names.clear();
    const tensors: GgufTensor[] = [];
    for (let i = 0; i < tensorCount; i += 1) tensors.push(await this.#tensor());
    const dataAt = Math.ceil(this.#stream.position / this.#alignment) * this.#alignment;
    checkLayout(tensors, Math.max(0, this.#size - dataAt), this.#alignment);
  }

  #unique(name: string, what: string, at: number): void {
    if (this.#names.has(name)) throw badHeader(`${what} ${name} appears twice`, at);
    this.#names.add(name);
  }

  async #tensor(): Promise<GgufTensor> {
    const at = this.#stream.position;
    const tensor = await readTensor(this.#stream, this.#alignment);
    this.#unique(tensor.name, 'tensor', at);
    return tensor;
  }

  async #entry(): Promise<void> {
    const at = this.#stream.position;
    const key = await this.#stream.text('a key', LONGEST_KEY);
    if (!KEY.test(key)) throw badHeader(`the key ${JSON.stringify(key)}`, at);
    this.#unique(key, 'key', at);
    const type = await this.#stream.u32();
    if (key === 'general.alignment') await this.#readAlignment(type, at);
    else if (TEMPLATE.test(key)) await this.#templates(key, type, at);
    else if (type === STRING) await this.#remark();
    else await this.#skip(type, 0, at);
  }

  async #readAlignment(type: number, at: number): Promise<void> {
    const alignment = type === UINT32 ? await this.#stream.u32() : 0;
    if (alignment < 8 || alignment > LARGEST_ALIGNMENT || (alignment & (alignment - 1)) !== 0)
      throw badHeader('an alignment that is no power of two from 8', at);
    this.#alignment = alignment;
  }

  async #templates(key: string, type: number, at: number): Promise<void> {
    if (type === STRING) {
      await this.#template(key);
      return;
    }
    const elements = type === ARRAY ? await this.#stream.u32() : type;
    if (elements !== STRING) throw badHeader(`${key} is no text`, at);
    const count = await this.#stream.count('templates', SMALLEST[STRING] ?? 1);
    if (count > MOST_TEMPLATES) throw badHeader(`${count} templates in ${key}`, at);
    for (let i = 0; i < count; i += 1) await this.#template(`${key}[${i}]`);
  }

  async #template(name: string): Promise<void> {
    const offset = this.#stream.position;
    const text = await this.#stream.text('a chat template', LONGEST_TEMPLATE);
    await checkTemplate(this.#scan, text, { member: this.#member, offset, name });
  }

  /** Who made the model, from what, where it came from. */
  async #remark(): Promise<void> {
    const offset = this.#stream.position;
    const text = await this.#stream.shortText(LONGEST_REMARK);
    reportCredentials(this.#scan, text, { member: this.#member, offset });
  }

  async #skip(type: number, depth: number, at: number): Promise<void> {
    const size = SIZES[type];
    if (type === BOOL) {
      if ((await this.#stream.u8()) > 1) throw badHeader('a bool that is neither true nor false', at);
    } else if (size !== undefined) await this.#stream.skip(size);
    else if (type === STRING) await this.#stream.skipTexts(1);
    else if (type === ARRAY && depth < DEEPEST_ARRAY) await this.#skipArray(depth, at);
    else throw badHeader(`a value of the unknown type ${type}`, at);
  }

  async #skipArray(depth: number, at: number): Promise<void> {
    const type = await this.#stream.u32();
    const smallest = SIZES[type] ?? SMALLEST[type];
    if (smallest === undefined) throw badHeader(`an array of the unknown type ${type}`, at);
    const count = await this.#stream.count('elements', smallest);
    if (type === STRING) await this.#stream.skipTexts(count);
    else if (type !== ARRAY) await this.#stream.skip(count * smallest);
    else if (count > this.#scan.limits.members) throw limit('members', this.#scan.limits);
    else for (let i = 0; i < count; i += 1) await this.#skip(ARRAY, depth + 1, at);
  }
}

/** Reads the header only. https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */
export const scanGguf = async (scan: Scan, content: Content): Promise<void> => {
  const head = await content.source.read(0, COUNTS_AT);
  const version = head.length < COUNTS_AT ? 0 : view(head).getUint32(VERSION_AT, true);
  if (version !== 2 && version !== 3) throw new Unscannable('gguf.version', { what: `GGUF of version ${version}` });
  await new GgufScan(scan, content).run();
};
