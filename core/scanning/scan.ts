import type { ByteSource } from './byte-source.ts';
import type { Finding, ScanVerdict } from './contract.ts';
import { withoutCredentials } from './credentials/find-credentials.ts';
import { RULES, type RuleId } from './rules.ts';
import type { ScanLimits } from './scan-options.ts';

/** Where and what; why it matters and how to fix it come from the rule. */
export type Observation = { what: string; member?: string | undefined; offset?: number; opcode?: string };

/** Ends the analysis of one part of a file: the reason is a finding like any other. Never leaves `scanFile`. */
export class Unscannable extends Error {
  readonly rule: RuleId;
  readonly observation: Observation;
  constructor(rule: RuleId, observation: Observation) {
    super(observation.what);
    this.rule = rule;
    this.observation = observation;
  }
}

const RANK: Record<ScanVerdict, number> = { clean: 0, 'not-scannable': 1, suspicious: 2, malicious: 3 };

export const worseOf = (a: ScanVerdict, b: ScanVerdict): ScanVerdict => (RANK[b] > RANK[a] ? b : a);

const MAX_TEXT = 300;
/** So far a credential is looked for in what a finding would show; more is cut off. */
const LONGEST_LOOK = 2000;
const shorten = (text: string) => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);

/** Any set of names, listed or told by their form. */
export type Names = { has(name: string): boolean };

/** One file being scanned: its findings and what it has cost so far. */
export class Scan {
  readonly path: string;
  readonly limits: ScanLimits;
  readonly findings: Finding[] = [];
  /** Names that pickles may use besides those of the allowlist, as `module.Name`. */
  allowed: Names;
  readonly references = new Set<string>();
  bytesRead = 0;
  reads = 0;
  decompressed = 0;
  opcodes = 0;
  #worst: ScanVerdict = 'clean';
  readonly #seen = new Set<string>();

  constructor(path: string, limits: ScanLimits, allowed: Names) {
    this.path = path;
    this.limits = limits;
    this.allowed = allowed;
  }

  /** A scan of the same content under the same limits that reports to nobody. */
  quiet(): Scan {
    return new Scan(this.path, this.limits, this.allowed);
  }

  get verdict(): ScanVerdict {
    return this.#worst;
  }

  /** What it says shows no credential. The same observation is reported once; beyond the limit only the verdict still counts. */
  report(rule: RuleId, observation: Observation): void {
    const { verdict, severity, why, fix } = RULES[rule];
    this.#worst = worseOf(this.#worst, verdict);
    if (this.findings.length >= this.limits.findings) return;
    const { member, offset, opcode } = observation;
    const key = `${rule}\0${member ?? ''}\0${shorten(observation.what)}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const what = shorten(withoutCredentials(observation.what.slice(0, LONGEST_LOOK)));
    this.findings.push({
      rule,
      severity,
      path: this.path,
      ...(member === undefined ? {} : { member: shorten(member) }),
      ...(offset === undefined ? {} : { offset }),
      ...(opcode === undefined ? {} : { opcode }),
      what,
      why,
      fix,
    });
  }

  /** Takes over what a tentative look at the same content found. */
  adopt(other: Scan): void {
    this.#worst = worseOf(this.#worst, other.verdict);
    for (const location of other.references) this.references.add(location);
    this.findings.push(...other.findings.slice(0, Math.max(0, this.limits.findings - this.findings.length)));
  }

  /** Runs one part of the analysis; what ends it early becomes a finding. Resolves to undefined then. */
  async attempt<Result>(part: () => Promise<Result>, member?: string): Promise<Result | undefined> {
    try {
      return await part();
    } catch (cause) {
      if (!(cause instanceof Unscannable)) throw cause;
      this.report(cause.rule, { ...cause.observation, member: cause.observation.member ?? member });
      return undefined;
    }
  }

  /** The file keeps part of its data in another one. */
  reference(location: string): void {
    if (this.references.size >= this.limits.members) throw limit('members', this.limits);
    this.references.add(location);
  }

  countDecompressed(bytes: number): void {
    this.decompressed += bytes;
    if (this.decompressed > this.limits.decompressedBytes) throw limit('decompressedBytes', this.limits);
  }

  countOpcodes(count: number): void {
    this.opcodes += count;
    if (this.opcodes > this.limits.opcodes) throw limit('opcodes', this.limits);
  }

  /** The source with every requested byte counted against the limits. */
  meter(source: ByteSource): ByteSource {
    const count = (offset: number, length: number): number => {
      const wanted = Math.max(0, Math.min(length, source.size - offset));
      this.bytesRead += wanted;
      this.reads += 1;
      if (this.bytesRead > this.limits.bytesRead) throw limit('bytesRead', this.limits);
      if (this.reads > this.limits.reads) throw limit('reads', this.limits);
      return wanted;
    };
    const { readInto } = source;
    return {
      size: source.size,
      read: (offset, length) => {
        const wanted = count(offset, length);
        return wanted === 0 ? Promise.resolve(new Uint8Array()) : source.read(offset, wanted);
      },
      ...(readInto && {
        readInto: (offset, into) => readInto(offset, into.subarray(0, count(offset, into.length))),
      }),
    };
  }
}

export const limit = (name: keyof ScanLimits, limits: ScanLimits): Unscannable =>
  new Unscannable('limit.crossed', { what: `more than ${limits[name]} ${name}` });
