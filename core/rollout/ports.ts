import type { HoldList, PlaceHold } from '../hold/contract.ts';
import type { Clock } from '../kernel/clock.ts';
import type { EvidenceRef } from '../kernel/evidence.ts';
import type { Fact } from '../kernel/fact.ts';
import type { RegisteredVersion } from '../registry/contract.ts';
import type { Backend, Deployment } from './deployment.ts';
import type { Window } from './judgement.ts';
import type { RolloutRecord } from './record.ts';

/** All requests go to the baseline but for `share` of them. */
export type Split = { readonly baseline: string; readonly candidate: string; readonly share: number };

/** What a target says of itself. */
export type Standing = {
  readonly primary: Backend;
  readonly canary?: { readonly backend: Backend; readonly share: number } | undefined;
  /** What the last shift left on it. */
  readonly stamp?: string | undefined;
  /** Changes with every change of the target, whoever makes it. */
  readonly revision: string;
};

/** @throws TargetUnusable */
export type TargetReader = {
  current(): Promise<Standing>;
  /** Something behind the target that names this version, the newest if there are several. */
  find(subject: { model: string; version: string }): Promise<Backend | undefined>;
};

export type Target = TargetReader & {
  /**
   * Makes the split and the stamp stand, if the target's revision still is the one given. A shift that was decided long
   * ago and arrives late must not undo a newer one: that is all that keeps it from it.
   * @returns false if the target has changed since
   */
  shift(split: Split, stamp: string, revision: string): Promise<boolean>;
  /** The same for a split that takes everything back; it also gives up whatever change of the target is under way. */
  rollback(split: Split, stamp: string, revision: string): Promise<boolean>;
};

export type Deployments = {
  find(name: string): Promise<Deployment | undefined>;
  of(subject: { model: string; environment: string }): Promise<Deployment[]>;
};

export type Versions = {
  find(subject: { model: string; version: string }): Promise<RegisteredVersion | undefined>;
};

export type Observations = {
  /**
   * What both streams saw from `since` on, by the versions that the inference events name. The window in which a step
   * began belongs to it.
   */
  windows(rollout: RolloutRecord, since: Date, until: Date): Promise<Window[]>;
};

type Opening = { readonly outcome: 'opened' | 'exists' } | { readonly outcome: 'busy'; readonly rollout: string };

export type Rollouts = {
  /** Strongly consistent. */
  find(id: string): Promise<RolloutRecord | undefined>;
  /** The ids of those that are not over, oldest first, at most `atMost`: one that cannot be read hides no other. */
  underway(atMost: number): Promise<string[]>;
  /** The ids of all of a deployment, those that are over too, newest first. */
  latest(deployment: string, atMost: number): Promise<string[]>;
  /**
   * Writes a new record with revision 1 and its fact. One that is not over takes its target with it: `busy` names the
   * rollout that has it, and then nothing is written.
   */
  open(record: RolloutRecord, fact?: Fact): Promise<Opening>;
  /**
   * Writes `record` with its revision raised by one if the stored revision is the one it carries and, where `holds` is
   * given, the list of holds still has that revision; the fact with it or nothing. One that is over leaves its target.
   * @returns false if the record or the list has changed since
   */
  swap(record: RolloutRecord, also?: { fact?: Fact | undefined; holds?: number | undefined }): Promise<boolean>;
};

/** @throws ListUnreadable */
export type StandingHolds = { list(): Promise<HoldList> };

/** Facts that go with no other change of state. */
export type FactOutbox = {
  /** Whether a fact of this id was told within the last month. */
  has(id: string): Promise<boolean>;
  put(fact: Fact): Promise<void>;
};
export type HoldPlacer<Placed = unknown> = (request: PlaceHold) => Promise<Placed>;

type Expected = {
  readonly model: string;
  readonly version: string;
  readonly root: string;
  readonly environment: string;
  readonly target: string;
};

export type Verdicts = {
  /**
   * Reads a verdict and checks its signature, what it is about, and that it says yes at this time.
   * @throws VerdictForged
   */
  check(verdict: EvidenceRef, expected: Expected, now: Date): Promise<{ expiresAt: string }>;
};

export type RolloutWorkflows = {
  /** Starts an execution that goes on with a rollout. One too many finds it steered, and ends. */
  start(rollout: string): Promise<void>;
};

export type EvictPorts = {
  readonly rollouts: Pick<Rollouts, 'find' | 'latest' | 'open'>;
  readonly deployments: { all(): Promise<readonly Deployment[]> };
  readonly targets: (deployment: Deployment) => TargetReader;
  readonly holds: StandingHolds;
  readonly clock: Clock;
};

/** Has somebody look at a rollout at once, instead of at the next look. */
export type Waker = { wake(rollout: string): Promise<void> };
