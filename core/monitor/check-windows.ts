import type { Digest } from '../kernel/digest.ts';
import { type EvidenceStore, keepEvidence } from '../kernel/evidence.ts';
import type { EnvironmentName } from '../kernel/identity.ts';
import type { Stream, Tally, Window } from '../telemetry/contract.ts';
import { acceptedNow } from './accepted.ts';
import { attempt } from './attempt.ts';
import { CheckReport, type MonitorRules, monitor, type StepFailure, type StreamMark } from './contract.ts';
import type { Judges, StandingHolds, Traffic } from './ports.ts';
import { type Plan, readWindows, spansOf } from './read-traffic.ts';
import type { Kept } from './requested-holds.ts';

export type WindowPorts = {
  readonly holds: StandingHolds;
  readonly traffic: Traffic;
  readonly evidence: EvidenceStore;
  readonly judges: Judges;
  readonly rules: MonitorRules;
};

type Due = {
  readonly stream: Stream;
  readonly environment: EnvironmentName;
  readonly windows: readonly string[];
  readonly scheduledAt: string;
};

export type CheckedWindows = {
  readonly accepted: ReadonlyMap<string, number>;
  /** All that the plans asked for; none when some of it could not be read. */
  readonly windows: readonly Window[];
  readonly reports: readonly Kept<CheckReport>[];
  readonly failed: { readonly drift?: StepFailure; readonly schema?: StepFailure };
};

/** Without a drift there is nothing to accept, and no need to ask. */
const acceptedBy = async ({ holds }: WindowPorts, { environment, scheduledAt }: Due, before: StreamMark | undefined) =>
  before === undefined || before.drifted.length === 0
    ? new Map(before?.accepted)
    : acceptedNow(before, await holds.list(), environment, new Date(scheduledAt));

type Judged = {
  readonly plans: readonly Plan[];
  readonly windows: readonly Window[];
  readonly baseline: { readonly digest: Digest; readonly tally: Tally } | undefined;
  readonly accepted: ReadonlyMap<string, number>;
  readonly key: (stream: Stream, to: string) => string;
};

/** What stands as evidence counts, whoever wrote it. */
const judged = async (
  { judges, evidence, rules }: WindowPorts,
  { stream, environment }: Due,
  { plans, windows, baseline, accepted, key }: Judged,
): Promise<Kept<CheckReport>[]> => {
  const { drift, schema } = rules;
  const { merge } = judges;
  const reports: Kept<CheckReport>[] = [];
  for (const plan of plans) {
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
    reports.push(await keepEvidence(evidence, key(stream, plan.to), CheckReport, report));
  }
  return reports;
};

/**
 * Each window that is due: against its baseline and its history, and against what the version declares. The second needs
 * neither of the first two, so it is judged without them where they cannot be read, once, in a report of its own: the
 * window stays due for the first.
 */
export const checkWindows = async (
  ports: WindowPorts,
  due: Due,
  before: StreamMark | undefined,
): Promise<CheckedWindows> => {
  const { traffic, judges, rules } = ports;
  const plans = due.windows
    .filter((to) => to > (before?.to ?? ''))
    .map((to) => judges.planWindows(new Date(to), rules.windows));
  const { current, history } = spansOf(plans);
  const [now, reference] = await Promise.all([
    attempt(() => readWindows(traffic, due.stream, current)),
    attempt(async () => {
      const [accepted, earlier, baseline] = await Promise.all([
        acceptedBy(ports, due, before),
        readWindows(traffic, due.stream, history),
        plans.length === 0 ? undefined : traffic.baseline(due.stream),
      ]);
      return { accepted, earlier, baseline };
    }),
  ]);
  const nothing = { accepted: new Map(before?.accepted), windows: [], reports: [] };
  if ('failed' in now) return { ...nothing, failed: { drift: now.failed, schema: now.failed } };
  const whole =
    'failed' in reference
      ? reference
      : await attempt(async () => {
          const { accepted, earlier, baseline } = reference.found;
          const windows = [...now.found, ...earlier];
          const told = { plans, windows, baseline, accepted, key: monitor.keys.report };
          return { accepted, windows, reports: await judged(ports, due, told) };
        });
  if ('found' in whole) return { ...whole.found, failed: {} };
  const unseen = plans.filter(({ to }) => to > (before?.schemaTo ?? ''));
  const told = { plans: unseen, windows: now.found, baseline: undefined, key: monitor.keys.schemaReport };
  const schema = await attempt(() => judged(ports, due, { ...told, accepted: nothing.accepted }));
  if ('failed' in schema) return { ...nothing, failed: { drift: whole.failed, schema: schema.failed } };
  return { ...nothing, reports: schema.found, failed: { drift: whole.failed } };
};
