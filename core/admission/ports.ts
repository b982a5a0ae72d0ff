import type { HoldList } from '../hold/contract.ts';
import type { Fact } from '../kernel/fact.ts';
import type { DecisionRecord } from '../policy/contract.ts';
import type { RegisteredVersion } from '../registry/contract.ts';
import type { DeploymentFacts } from './contract.ts';

export type Versions = {
  /** Strongly consistent. */
  find(subject: { model: string; version: string }): Promise<RegisteredVersion | undefined>;
};

/** Whether the readers of a model may read this object version: not if it is quarantined, nor if it is gone. */
export type Readers = { mayRead(bucket: string, object: { key: string; versionId: string }): Promise<boolean> };

/** @throws ListUnreadable */
export type StandingHolds = { list(): Promise<HoldList> };

/** May this version be deployed? With what was asked, and the digest of the policies that answered. */
export type AskPolicy = (facts: DeploymentFacts) => DecisionRecord;

/** Writes a fact that goes with no other change of state; the same id once. */
export type Outbox = { put(fact: Fact): Promise<void> };
