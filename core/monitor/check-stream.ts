import type { z } from 'zod';
import { attempt } from './attempt.ts';
import { type BurnPorts, checkBurn } from './check-burn.ts';
import { checkWindows, type WindowPorts } from './check-windows.ts';
import { CheckName, type FailedCheck, type monitor, type StepFailure, type StreamMark } from './contract.ts';
import type { Checks, Tiers } from './ports.ts';
import { requestedHolds } from './requested-holds.ts';
import { acceptedAfter, driftedAfter, worstOf, wrongAfter } from './verdict.ts';

export type CheckPorts = WindowPorts & BurnPorts & { readonly checks: Pick<Checks, 'mark'>; readonly tiers: Tiers };

type Task = typeof monitor.tasks.checkStream;
type Due = z.output<Task['input']>;
type Checked = z.input<Task['output']>;

type Failures = Partial<Readonly<Record<CheckName, StepFailure | undefined>>>;

const failedAfter = (before: StreamMark | undefined, failures: Failures, at: string): FailedCheck[] =>
  CheckName.options.flatMap((check) => {
    const failure = failures[check];
    const since = before?.failed.find((failed) => failed.check === check)?.since ?? at;
    return failure === undefined ? [] : [{ check, since, ...failure }];
  });

/** Of a version that nobody registered, or whose record cannot be read, the worst is assumed. */
const tierOf = async ({ tiers }: CheckPorts, { stream }: Due) => {
  const asked = await attempt(() => tiers.find(stream));
  return ('found' in asked ? asked.found : undefined) ?? 'full';
};

/**
 * Checks one stream: every window that nobody has checked, and how fast its error budgets burn. What cannot be judged is
 * named in the mark and stays due; the rest is judged without it. Nothing is changed but that evidence is written, once
 * for each window: a run that is repeated finds it, and asks for the same holds.
 */
export const checkStream =
  (ports: CheckPorts) =>
  async (due: Due): Promise<Checked> => {
    const { stream, environment, scheduledAt } = due;
    const before = await ports.checks.mark(stream);
    if (before !== undefined && before.checkedAt >= scheduledAt) return { outcome: 'known', holds: [], mark: null };
    const { accepted, windows, reports, failed } = await checkWindows(ports, due, before);
    const burn = await attempt(() => checkBurn(ports, due, { windows, before }));
    const burns = 'found' in burn ? burn.found.burns : undefined;
    const documents = reports.map(({ document }) => document);
    const last = reports.at(-1);
    const wrong = wrongAfter(before, documents, burns);
    const severity = ports.rules.severity[wrong.length === 0 ? 'full' : await tierOf(ports, due)];
    return {
      outcome: wrong.length > 0 ? 'bad' : 'well',
      holds: requestedHolds({
        stream,
        environment,
        severity,
        reports,
        schemaAfter: before?.schemaTo ?? '',
        burn: 'found' in burn ? burn.found.kept : undefined,
      }),
      mark: {
        stream,
        environment,
        checkedAt: scheduledAt,
        to: (failed.drift === undefined ? last?.document.to : undefined) ?? before?.to ?? null,
        schemaTo: last?.document.to ?? before?.schemaTo ?? null,
        report: last?.ref ?? before?.report ?? null,
        wrong,
        drifted: driftedAfter(before, documents),
        accepted: acceptedAfter(accepted, documents, ports.rules.drift.floor),
        objectives: [...(burns ?? before?.objectives ?? [])],
        worst: worstOf(documents, before),
        failed: failedAfter(before, { ...failed, slo: 'failed' in burn ? burn.failed : undefined }, scheduledAt),
      },
    };
  };
