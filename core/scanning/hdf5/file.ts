import type { ByteSource } from '../byte-source.ts';
import type { RuleId } from '../rules.ts';
import { limit, type Scan } from '../scan.ts';
import { Claims } from './claims.ts';
import { Cursor, type Sizes } from './cursor.ts';
import { malformed } from './malformed.ts';

/** What the superblock says about the file. */
export type Superblock = {
  readonly sizes: Sizes;
  /** Where addresses count from, in bytes from the start of the content. */
  readonly base: number;
  /** The end of the file, as an address. */
  readonly end: number;
  /** Of the object header of the root group. */
  readonly root: number;
  /** Entries of the nodes of old groups, and of the index of chunks. */
  readonly ranks: { readonly leaf: number; readonly group: number; readonly chunk: number };
};

/** An open file: bytes by address, each read only once because each belongs to one structure. */
export class Hdf5File {
  readonly scan: Scan;
  readonly member: string | undefined;
  readonly superblock: Superblock;
  readonly #source: ByteSource;
  readonly #claims: Claims;

  constructor(scan: Scan, at: { source: ByteSource; member: string | undefined; superblock: Superblock }) {
    this.scan = scan;
    this.member = at.member;
    this.superblock = at.superblock;
    this.#source = at.source;
    this.#claims = new Claims(at.superblock.end);
  }

  get sizes(): Sizes {
    return this.superblock.sizes;
  }

  report(rule: RuleId, what: string, offset?: number): void {
    this.scan.report(rule, { what, member: this.member, ...(offset === undefined ? {} : { offset }) });
  }

  /** Says who owns a range, without reading it. */
  claim(address: number | undefined, length: number, what: string): number {
    const { base, end } = this.superblock;
    if (address === undefined) throw malformed(`${what} is nowhere`);
    if (address + length > end) throw malformed(`${what} reaches beyond the file`, base + Math.min(address, end));
    this.#claims.add(address, length, what);
    return address;
  }

  /** A look at bytes that somebody owns or will own. */
  async peek(address: number | undefined, length: number, what: string): Promise<Cursor> {
    const { base, end } = this.superblock;
    if (address === undefined) throw malformed(`${what} is nowhere`);
    if (address + length > end) throw malformed(`${what} reaches beyond the file`, base + Math.min(address, end));
    if (length > this.scan.limits.headerBytes) throw limit('headerBytes', this.scan.limits);
    const bytes = await this.#source.read(base + address, length);
    return new Cursor(bytes, { start: base + address, sizes: this.sizes, what });
  }

  async open(address: number | undefined, length: number, what: string): Promise<Cursor> {
    return this.peek(this.claim(address, length, what), length, what);
  }

  checkClaims(): void {
    this.#claims.check();
  }
}
