import type { EventContract } from '../kernel/contract.ts';
import { type Fact, factId } from '../kernel/fact.ts';
import {
  type VersionAltered,
  type VersionMark,
  type VersionQuarantined,
  type VersionRestored,
  verification,
} from './contract.ts';

type Altered = NonNullable<VersionMark['altered']>;
/** A mark as it stood before: from one mark the same follows, however often it is tried. */
type About = Pick<VersionMark, 'model' | 'version' | 'revision'>;

const about = (event: EventContract, before: About, { report, since }: Altered, at: string) => ({
  id: factId(event, before.model, before.version, String(before.revision)),
  model: before.model,
  version: before.version,
  occurredAt: at,
  /** One from the first difference until the version is restored. */
  correlationId: `${before.model}/${before.version}/${since}`,
  report,
});

export const alteredFact = (before: About, altered: Altered, at: string): Fact => {
  const event = verification.events.versionAltered;
  const { since, reasons, reasonCount } = altered;
  const detail: VersionAltered = { ...about(event, before, altered, at), since, reasons, reasonCount };
  return { id: detail.id, type: event.type, detail };
};

export const quarantinedFact = (before: About, altered: Altered, at: string): Fact => {
  const event = verification.events.versionQuarantined;
  const detail: VersionQuarantined = about(event, before, altered, at);
  return { id: detail.id, type: event.type, detail };
};

export const restoredFact = (before: About, altered: Altered, at: string): Fact => {
  const event = verification.events.versionRestored;
  const detail: VersionRestored = { ...about(event, before, altered, at), since: altered.since };
  return { id: detail.id, type: event.type, detail };
};
