import type { RuleId } from '../rules.ts';
import { type Observation, type Scan, Unscannable } from '../scan.ts';
import { DICTIONARY, type Grade, gradeOf, takesItems } from './allowlist.ts';
import { Cells, Memo, TAG } from './cells.ts';
import { type Cell, Containers } from './containers.ts';
import type { Dtype } from './numpy-dtype.ts';
import { opcodeName } from './opcodes.ts';
import { isRestricted } from './restricted.ts';
import { Texts } from './texts.ts';

/** An imported name and what is known of it. */
export type Imported = {
  readonly module: string;
  readonly name: string;
  /** Both, as guards name it. */
  readonly qualified: string;
  readonly grade: Grade;
  readonly items: 'dict' | 'list' | undefined;
};

/** Raw array bytes that follow in a joblib stream, in place of opcodes. */
export type RawArray = { readonly dtype: Dtype; readonly count: number; readonly aligned: boolean };

/** Ends one stream: from here on no unpickler would go on. */
export class Malformed extends Error {
  readonly rule: RuleId;
  constructor(what: string, rule: RuleId = 'pickle.malformed') {
    super(what);
    this.rule = rule;
  }
}

export type MachineOptions = {
  readonly scan: Scan;
  readonly member: string | undefined;
  /** Whether the bytes of an array follow its wrapper, as joblib reads them. */
  readonly joblib: boolean;
  /** Whether bytes that the stream hands to a loader are scanned too; if not, handing them over is refused. */
  readonly embedded: boolean;
};

/** The state of the abstract unpickler: it knows what every value is, and makes none of them. */
export class Machine {
  readonly stack: Cells;
  readonly memo: Memo;
  readonly marks: number[] = [];
  readonly texts = new Texts(DICTIONARY);
  readonly containers = new Containers();
  readonly imported: Imported[] = [];
  readonly dtypes: Dtype[] = [];
  readonly options: MachineOptions;
  readonly #importedIndex = new Map<string, number>();

  /** Of the opcode being executed: the bytes, the argument in them, and where it stands in the stream. */
  bytes = new Uint8Array();
  argument = 0;
  argumentLength = 0;
  opcode = 0;
  offset = 0;

  protocol = 0;
  started = false;
  stopped = false;
  frameEnd = -1;
  /** Set when raw bytes follow: the walk pauses there. */
  array: RawArray | undefined;
  /** Set when the argument of the last opcode, which the walk has not passed yet, is to be scanned on its own. */
  embeddedLength: number | undefined;
  /** Something was called or changed that is not on the allowlist. */
  acted = false;

  constructor(options: MachineOptions) {
    this.options = options;
    this.stack = new Cells(options.scan.limits);
    this.memo = new Memo(options.scan.limits);
  }

  report(rule: RuleId, what: string): void {
    const observation: Observation = { what, offset: this.offset, opcode: opcodeName(this.opcode) };
    this.options.scan.report(rule, { ...observation, member: this.options.member });
  }

  /** The lowest stack position that may be popped: the topmost mark. */
  get fence(): number {
    return this.marks.at(-1) ?? 0;
  }

  /** Pops one value and returns its position, where it can still be read until the next push. */
  pop(): number {
    if (this.stack.length <= this.fence) throw new Malformed('pops from an empty stack');
    this.stack.length -= 1;
    return this.stack.length;
  }

  top(): number {
    if (this.stack.length <= this.fence) throw new Malformed('needs a value on the stack');
    return this.stack.length - 1;
  }

  popMark(): number {
    const mark = this.marks.pop();
    if (mark === undefined) throw new Malformed('finds no mark on the stack');
    return mark;
  }

  cell(position: number): Cell {
    return { tag: this.stack.tags[position] ?? 0, payload: this.stack.payloads[position] ?? 0 };
  }

  /** The string in the cell, `undefined` if it is none or no longer known. */
  text(cell: Cell | undefined): string | undefined {
    return cell?.tag === TAG.text ? this.texts.read(cell.payload) : undefined;
  }

  /** Resolves a name as find_class would: the import itself already runs code. */
  import(module: string, name: string): number {
    const key = `${module}\n${name}`;
    const known = this.#importedIndex.get(key);
    if (known !== undefined) return known;
    if (this.imported.length >= this.options.scan.limits.names)
      throw new Unscannable('limit.crossed', { what: 'too many imported names', offset: this.offset });
    const grade = gradeOf(module, name, this.options.scan.allowed);
    this.imported.push({ module, name, qualified: `${module}.${name}`, grade, items: takesItems(module, name) });
    this.#importedIndex.set(key, this.imported.length - 1);
    if (typeof grade === 'object') this.report(grade.refused, `imports ${shown(module)}.${shown(name)}`);
    return this.imported.length - 1;
  }

  pushImported(module: string, name: string): void {
    const index = this.import(module, name);
    this.stack.push(isRestricted(module, name) ? TAG.restricted : TAG.global, index);
  }

  describe(cell: Cell): string {
    const imported = NAMED.has(cell.tag) ? this.imported[cell.payload] : undefined;
    if (imported === undefined) return TAG_NAMES[cell.tag] ?? 'a value';
    const name = `${shown(imported.module)}.${shown(imported.name)}`;
    return cell.tag === TAG.instance || cell.tag === TAG.wrapper ? `an instance of ${name}` : name;
  }
}

const shown = (text: string) =>
  text.replaceAll(/[\0-\x1f\x7f-\x9f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);

const NAMED: ReadonlySet<number> = new Set([TAG.global, TAG.restricted, TAG.instance, TAG.wrapper]);

const TAG_NAMES: Record<number, string> = {
  [TAG.none]: 'None',
  [TAG.bool]: 'a bool',
  [TAG.int]: 'an int',
  [TAG.text]: 'a string',
  [TAG.longText]: 'a string',
  [TAG.tuple]: 'a tuple',
  [TAG.list]: 'a list',
  [TAG.dict]: 'a dict',
  [TAG.set]: 'a set',
  [TAG.dtype]: 'a numpy dtype',
};
