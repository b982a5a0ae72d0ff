import type { Clock } from '../kernel/clock.ts';
import type { EvidenceStore } from '../kernel/evidence.ts';
import type { Fact } from '../kernel/fact.ts';
import type { Measure } from '../kernel/metrics.ts';
import type { RegisteredVersion } from '../registry/contract.ts';
import type { VerificationRules, VersionMark } from './contract.ts';
import type { Meter } from './meter.ts';
import type {
  HoldPlacer,
  Marks,
  Named,
  Objects,
  Outbox,
  Random,
  Registered,
  Serving,
  StandingHolds,
  VerifySignature,
} from './ports.ts';
import type { Contents } from './read-contents.ts';

export type VerificationPorts = {
  readonly registered: Registered;
  readonly objects: Objects;
  readonly evidence: EvidenceStore;
  readonly signature: VerifySignature;
  readonly serving: Serving;
  readonly marks: Marks;
  readonly outbox: Outbox;
  readonly placeHold: HoldPlacer;
  readonly holds: StandingHolds;
  readonly rules: VerificationRules;
  readonly random: Random;
  readonly clock: Clock;
  readonly measure: Measure;
  /** That one run may take. */
  readonly seconds: number;
};

/** A version as it was found in this run. */
export type Visited = { readonly contents: Contents | undefined; readonly mark: VersionMark };

/** What one run knows and has done so far. */
export type Run = {
  readonly ports: VerificationPorts;
  readonly meter: Meter;
  /** One moment for everything that the run writes down. */
  readonly at: string;
  readonly records: ReadonlyMap<string, RegisteredVersion>;
  readonly served: ReadonlySet<string>;
  /** As they stand by now. */
  readonly marks: Map<string, VersionMark>;
  readonly visited: Map<string, Visited>;
  /** Versions that are altered, the first first. */
  readonly altered: Set<string>;
  /** Versions that could not be looked at. */
  readonly failed: Set<string>;
};

export const nameOf = ({ model, version }: Named): string => `${model}/${version}`;

/**
 * The fact first: it is named by the mark that it follows from, so that whoever comes after a run that died in between
 * tells the same one. Another run may have written first: what this one found, it will find again.
 */
export const writeMark = async (run: Run, mark: VersionMark, fact?: Fact): Promise<VersionMark> => {
  if (fact !== undefined) await run.ports.outbox.put(fact);
  const written = await run.ports.marks.swap(mark);
  const standing = written ? { ...mark, revision: mark.revision + 1 } : mark;
  run.marks.set(nameOf(mark), standing);
  return standing;
};
