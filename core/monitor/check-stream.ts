import type { z } from 'zod';
import { type EvidenceStore, keepEvidence } from '../kernel/evidence.ts';
import type { BurnReport } from '../slo/contract.ts';
import { acceptedNow } from './accepted.ts';
import { BurnEvidence, CheckReport, type MonitorRules, monitor, type StreamMark } from './contract.ts';
import type { Checks, Judges, Objectives, StandingHolds, Tiers, Traffic } from './ports.ts';
import { answeredOf, readWindows } from './read-traffic.ts';
import { type Kept, requestedHolds } from './requested-holds.ts';
import { acceptedAfter, driftedAfter, worstOf, wrongAfter } from './verdict.ts';

export type CheckPorts = {
  readonly checks: Pick<Checks, 'mark'>;
  readonly holds: StandingHolds;
  readonly tiers: Tiers;
  readonly objectives: Objectives;
  readonly traffic: Traffic;
  readonly evidence: EvidenceStore;
  readonly judges: Judges;
  readonly rules: MonitorRules;
};

type Task = typeof monitor.tasks.checkStream;
type Due = z.output<Task['input']>;
type Checked = z.input<Task['output']>;

/** Without a drift there is nothing to accept, and no need to ask. */
const acceptedBy = async ({ holds }: CheckPorts, { environment, scheduledAt }: Due, before: StreamMark | undefined) =>
  before === undefined || before.drifted.length === 0
    ? new Map(before?.accepted)
    : acceptedNow(before, await holds.list(), environment, new Date(scheduledAt));

/** Each window that is due, against its baseline. What stands as evidence counts, whoever wrote it. */
const checkWindows = async (ports: CheckPorts, due: Due, before: StreamMark | undefined) => {
  const { traffic, judges, evidence, rules } = ports;
  const { stream, environment } = due;
  const accepted = await acceptedBy(ports, due, before);
  const plans = due.windows
    .filter((to) => to > (before?.to ?? ''))
    .map((to) => judges.planWindows(new Date(to), rules.windows));
  const [windows, baseline] = await Promise.all([
    readWindows(traffic, stream, plans),
    plans.length === 0 ? undefined : traffic.baseline(stream),
  ]);
  const reports: Kept<CheckReport>[] = [];
  for (const plan of plans) {
    const { drift, schema } = rules;
    const { merge } = judges;
    const found = judges.checkWindow({ plan, windows, merge, baseline: baseline?.tally, accepted, drift, schema });
    const report: CheckReport = {
      reportVersion: 1,
      stream,
      environment,
      from: plan.from,
      to: plan.to,
      baseline: baseline?.digest ?? null,
      ...found,
      accepted: [...accepted],
    };
    reports.push(await keepEvidence(evidence, monitor.keys.report(stream, plan.to), CheckReport, report));
  }
  return { accepted, windows, reports };
};

type Read = { readonly windows: Awaited<ReturnType<typeof readWindows>>; readonly before: StreamMark | undefined };

/** Only what burns is evidence: that nothing burns is said every few minutes. */
const checkBurn = async (
  { traffic, objectives, judges, evidence, rules }: CheckPorts,
  { stream, environment, scheduledAt }: Due,
  { windows, before }: Read,
): Promise<{ burns: readonly BurnReport[]; kept: Kept<readonly BurnReport[]> | undefined }> => {
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

/**
 * Checks one stream: every window that nobody has checked, and how fast its error budgets burn. Nothing is changed but
 * that evidence is written, once for each window: a run that is repeated finds it, and asks for the same holds.
 */
export const checkStream =
  (ports: CheckPorts) =>
  async (due: Due): Promise<Checked> => {
    const { stream, environment, scheduledAt } = due;
    const before = await ports.checks.mark(stream);
    if (before !== undefined && before.checkedAt >= scheduledAt) return { outcome: 'known', holds: [], mark: null };
    const { accepted, windows, reports } = await checkWindows(ports, due, before);
    const { burns, kept: burn } = await checkBurn(ports, due, { windows, before });
    const documents = reports.map(({ document }) => document);
    const last = reports.at(-1);
    const wrong = wrongAfter(before, documents, burns);
    const tier = wrong.length === 0 ? undefined : await ports.tiers.find(stream);
    // Of a version that nobody registered the worst is assumed.
    const severity = ports.rules.severity[tier ?? 'full'];
    return {
      outcome: wrong.length > 0 ? 'bad' : 'well',
      holds: requestedHolds({ stream, environment, severity, reports, burn }),
      mark: {
        stream,
        environment,
        checkedAt: scheduledAt,
        to: last?.document.to ?? before?.to ?? null,
        report: last?.ref ?? before?.report ?? null,
        wrong,
        drifted: driftedAfter(before, documents),
        accepted: acceptedAfter(accepted, documents, ports.rules.drift.floor),
        objectives: [...burns],
        worst: worstOf(documents, before),
      },
    };
  };
