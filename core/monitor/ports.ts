import type { DriftReport, DriftSettings, DriftWindows, SchemaReport, SchemaSettings } from '../drift/contract.ts';
import type { RiskTier } from '../gates/contract.ts';
import type { HoldList } from '../hold/contract.ts';
import type { Digest } from '../kernel/digest.ts';
import type { Fact } from '../kernel/fact.ts';
import type { Subject } from '../kernel/identity.ts';
import type { BurnReport, Objective, SloSettings } from '../slo/contract.ts';
import type { Grain, SketchForm, Stream, Tally, Window } from '../telemetry/contract.ts';
import type { StepFailure, StreamMark } from './contract.ts';

/** Deployments that were declared to the plane. */
export type Deployed = { readonly name: string; readonly model: string; readonly environment: string };
export type DeployedModels = { all(): Promise<readonly Deployed[]> };

/** Streams of a model that inference events name. */
export type SeenStreams = {
  streams(model: string): Promise<readonly { readonly stream: Stream; readonly lastEventAt: string }[]>;
};

/** Requests of one minute, without features. */
type Minute = {
  readonly start: string;
  readonly requests: number;
  readonly errors: number;
  readonly latency: SketchForm;
};

type Span = { readonly grain: Grain; readonly start: string };

export type Traffic = {
  /** Those of the windows that there are. */
  windows(stream: Stream, spans: readonly Span[]): Promise<readonly Window[]>;
  minutes(stream: Stream, from: Date, to: Date): Promise<readonly Minute[]>;
  /** Undefined for a version that was registered without one. */
  baseline(subject: Subject): Promise<{ readonly digest: Digest; readonly tally: Tally } | undefined>;
};

export type Failing = { readonly stream: Stream; readonly since: string; readonly failure: StepFailure };

export type Checks = {
  /** Strongly consistent, like the others. */
  mark(stream: Stream): Promise<StreamMark | undefined>;
  marksOf(model: string): Promise<readonly StreamMark[]>;
  failuresOf(model: string): Promise<readonly Failing[]>;
  /**
   * Writes the mark and its facts, if the mark that stands is still of `after`.
   * @returns false if it is not
   */
  swap(mark: StreamMark, after: string | undefined, facts: readonly Fact[]): Promise<boolean>;
  /**
   * Writes since when checks of a stream fail, and the fact.
   * @param after of the mark that stands: a failure that was told before it is over
   * @returns false if this failure was told already
   */
  fail(failing: Failing, after: string | undefined, fact: Fact): Promise<boolean>;
};

/** @throws ListUnreadable */
export type StandingHolds = { list(): Promise<HoldList> };

export type Tiers = { find(subject: Subject): Promise<RiskTier | undefined> };

export type Objectives = { of(model: string): Promise<readonly Objective[]> };

type Plan = {
  readonly current: readonly Span[];
  readonly history: readonly (readonly Span[])[];
  readonly from: string;
  readonly to: string;
};

/** The judgements of the capabilities that know how: drift and SLO. */
export type Judges = {
  planWindows(now: Date, windows: DriftWindows): Plan;
  checkWindow(input: {
    readonly plan: Plan;
    readonly windows: readonly Window[];
    readonly merge: (tallies: readonly Tally[]) => Tally;
    readonly baseline: Tally | undefined;
    readonly accepted: ReadonlyMap<string, number>;
    readonly drift: DriftSettings;
    readonly schema: SchemaSettings;
  }): { readonly drift: DriftReport | null; readonly schema: SchemaReport };
  checkObjectives(input: {
    readonly objectives: readonly Objective[];
    readonly windows: readonly (Pick<Window, 'grain' | 'start' | 'stream'> & {
      readonly tally: Omit<Minute, 'start'>;
    })[];
    readonly reachMinutes: number;
    readonly wholeBudget: boolean;
    readonly to: Date;
    readonly before: readonly BurnReport[];
    readonly settings: SloSettings;
  }): BurnReport[];
  merge(tallies: readonly Tally[]): Tally;
};
