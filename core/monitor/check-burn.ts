import { type EvidenceStore, keepEvidence } from '../kernel/evidence.ts';
import type { EnvironmentName } from '../kernel/identity.ts';
import type { BurnReport } from '../slo/contract.ts';
import type { Stream, Window } from '../telemetry/contract.ts';
import { BurnEvidence, type MonitorRules, monitor, type StreamMark } from './contract.ts';
import type { Judges, Objectives, Traffic } from './ports.ts';
import { answeredOf } from './read-traffic.ts';
import type { Kept } from './requested-holds.ts';

export type BurnPorts = {
  readonly objectives: Objectives;
  readonly traffic: Traffic;
  readonly evidence: EvidenceStore;
  readonly judges: Judges;
  readonly rules: MonitorRules;
};

type Due = { readonly stream: Stream; readonly environment: EnvironmentName; readonly scheduledAt: string };
type Read = { readonly windows: readonly Window[]; readonly before: StreamMark | undefined };

export type CheckedBurn = {
  readonly burns: readonly BurnReport[];
  readonly kept: Kept<readonly BurnReport[]> | undefined;
};

/** Only what burns is evidence: that nothing burns is said every few minutes. */
export const checkBurn = async (
  { traffic, objectives, judges, evidence, rules }: BurnPorts,
  { stream, environment, scheduledAt }: Due,
  { windows, before }: Read,
): Promise<CheckedBurn> => {
  const promised = await objectives.of(stream.model);
  if (promised.length === 0) return { burns: [], kept: undefined };
  const to = new Date(scheduledAt);
  const answered = await answeredOf(traffic, stream, to, { windows, rules });
  const burns = judges.checkObjectives({
    objectives: promised,
    ...answered,
    to,
    before: before?.objectives ?? [],
    settings: rules.slo,
  });
  if (burns.every(({ outcome }) => outcome !== 'burning')) return { burns, kept: undefined };
  const document = { reportVersion: 1 as const, stream, environment, at: scheduledAt, objectives: [...burns] };
  const standing = await keepEvidence(evidence, monitor.keys.burn(stream, scheduledAt), BurnEvidence, document);
  const { objectives: stood } = standing.document;
  return { burns: stood, kept: { document: stood, ref: standing.ref } };
};
