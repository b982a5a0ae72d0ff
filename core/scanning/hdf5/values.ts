import { bufferSource } from '../byte-source.ts';
import { streamOf } from '../byte-stream.ts';
import { isPickleHead } from '../identify.ts';
import { checkKerasText, mentionsKeras } from '../keras/check-text.ts';
import { probePickle, scanStream } from '../pickle/scan-pickle.ts';
import { limit } from '../scan.ts';
import type { Attribute } from './attributes.ts';
import type { Cursor } from './cursor.ts';
import { CLASS, contains, type Datatype } from './datatype.ts';
import type { Hdf5File } from './file.ts';
import type { GlobalHeaps } from './heaps.ts';
import { notRead } from './malformed.ts';

/** Readers of Keras parse these as configurations, whatever is in them. */
const CONFIGURATIONS: ReadonlySet<string> = new Set(['model_config', 'training_config']);

/** Types whose values are bytes to be interpreted by the reader. */
const holdsBytes = ({ class: kind, size }: Datatype): boolean =>
  kind === CLASS.string || kind === CLASS.opaque || (kind === CLASS.integer && size === 1);

/** Each costs some time, however short it is. */
const MOST_PICKLES = 5_000;

const NEWLINE = 0x0a;

/** A pickle that does anything imports a name: by STACK_GLOBAL or an extension code, or in two lines of text. */
const mayImport = (bytes: Uint8Array): boolean => {
  const first = bytes.indexOf(NEWLINE);
  if (first !== -1 && bytes.indexOf(NEWLINE, first + 1) !== -1) return true;
  return bytes.some((byte) => byte === 0x93 || (byte >= 0x82 && byte <= 0x84));
};

/** What texts and bytes in the file do when a library that knows them reads them. */
export class Values {
  readonly #file: Hdf5File;
  readonly #heaps: GlobalHeaps;
  /** Values in heaps that were looked at: many may refer to one. */
  readonly #seen = new Set<string>();
  #rows = 0;
  #pickles = 0;

  constructor(file: Hdf5File, heaps: GlobalHeaps) {
    this.#file = file;
    this.#heaps = heaps;
  }

  /** A value in a heap: its length, the address of the heap, its number. @returns undefined for the empty one */
  async #variable(data: Cursor, where: string): Promise<Uint8Array | undefined> {
    const length = data.u32();
    const address = data.address();
    const index = data.u32();
    const key = `${where} ${address} ${index}`;
    if (length === 0 || address === undefined || address === 0 || this.#seen.has(key)) return undefined;
    this.#seen.add(key);
    return this.#heaps.object(address, index);
  }

  /** A row of a dataset of pickles. */
  async row(data: Cursor, path: string): Promise<void> {
    const { limits } = this.#file.scan;
    this.#rows += 1;
    if (this.#rows > limits.members) throw limit('members', limits);
    const value = await this.#variable(data, 'row');
    if (value !== undefined) await this.#asPickle(value, true, path);
  }

  /** PyTables takes every text that ends in a full stop for a pickle, and so may others with opaque bytes. */
  async #asPickle(bytes: Uint8Array, certain: boolean, where: string): Promise<void> {
    const { scan, member } = this.#file;
    if (!certain && !isPickleHead(bytes) && !mayImport(bytes)) return;
    this.#pickles += 1;
    if (this.#pickles > MOST_PICKLES) throw notRead(`more than ${MOST_PICKLES} pickles`);
    const open = () => streamOf(bufferSource(bytes));
    if (!certain && !isPickleHead(bytes)) {
      const probe = await probePickle(open(), scan);
      if (!probe.acted && !probe.complete) return;
    }
    await scanStream(open(), { scan, member: member === undefined ? where : `${member}!${where}`, joblib: false });
  }

  /** @param path of the object that has the attribute */
  async attribute({ name, type, count, data }: Attribute, path: string): Promise<void> {
    const where = `${path}@${name}`;
    const configuration = CONFIGURATIONS.has(name);
    if (contains(type, CLASS.reference)) throw notRead(`${where} refers to objects by their address`);
    if (type.class === CLASS.variable && type.base !== undefined && (type.text === true || holdsBytes(type.base))) {
      for (let i = 0; i < count; i += 1) {
        const bytes = await this.#variable(data, configuration ? 'configuration' : '');
        if (bytes !== undefined) await this.#bytes(bytes, configuration, where);
      }
    } else if (type.class === CLASS.string)
      for (let i = 0; i < count; i += 1) await this.#bytes(data.take(type.size), configuration, where);
    else if (holdsBytes(type.class === CLASS.array && type.base !== undefined ? type.base : type))
      await this.#bytes(data.take(count * type.size), configuration, where);
    else if (configuration) this.#file.report('keras.malformed', `${where} is no text`);
  }

  async #bytes(bytes: Uint8Array, configuration: boolean, where: string): Promise<void> {
    await this.#asPickle(bytes, false, where);
    const end = bytes.indexOf(0);
    const text = end === -1 ? bytes : bytes.subarray(0, end);
    if (!configuration && !mentionsKeras(text)) return;
    const { scan, member } = this.#file;
    await scan.attempt(async () => checkKerasText(scan, text, { member, where }), member);
  }
}
