import type { z } from 'zod';
import { concurrently } from '../kernel/concurrently.ts';
import { DeploymentName, EnvironmentName } from '../kernel/identity.ts';
import { type Measure, metrics } from '../kernel/metrics.ts';
import { MILLISECONDS, type Stream } from '../telemetry/contract.ts';
import type { DueStream, MonitorRules, monitor, StreamMark } from './contract.ts';
import { dueWindows } from './due-windows.ts';
import type { Checks, DeployedModels, SeenStreams } from './ports.ts';

export type ListPorts = {
  readonly deployed: DeployedModels;
  readonly seen: SeenStreams;
  readonly checks: Pick<Checks, 'marksOf'>;
  readonly rules: MonitorRules;
  readonly measure: Measure;
};

type Task = typeof monitor.tasks.listStreams;
type Listed = z.input<Task['output']>;

/** References of so many streams fit into workflow state; the rest is first in the next run. */
const MOST_STREAMS = 400;
/** Their number is told in full. */
const MOST_SILENT = 100;
const WIDTH = 8;
/** Whatever looks back furthest of what is checked every time: the six hours of a tier that pages. */
const LOOKBACK_MINUTES = 360;

type Waiting = { readonly due: DueStream; readonly mark: StreamMark | undefined };

const nameOf = ({ model, version, deployment }: Stream): string => `${model}/${version}/${deployment}`;

type Heard = Awaited<ReturnType<SeenStreams['streams']>>;

/**
 * Deployments of which events came, and then none: nobody asks, or nothing is captured any more, and then no check can
 * find anything wrong. One that was never heard of may not serve yet.
 */
const silentAmong = (governed: Heard, now: Date, { silentMinutes }: MonitorRules): DeploymentName[] => {
  if (silentMinutes === null) return [];
  const newest = new Map<DeploymentName, string>();
  for (const { stream, lastEventAt } of governed)
    if (lastEventAt > (newest.get(stream.deployment) ?? '')) newest.set(stream.deployment, lastEventAt);
  const since = now.getTime() - silentMinutes * MILLISECONDS.minute;
  return [...newest].flatMap(([deployment, at]) => (Date.parse(at) < since ? [deployment] : [])).sort();
};

/**
 * What is served by a deployment that the plane knows, measured from the versions that inference events name. A stream
 * that nobody deployed has no environment and can be held nowhere: it is counted and left alone.
 */
export const listStreams =
  ({ deployed, seen, checks, rules, measure }: ListPorts) =>
  async ({ scheduledAt }: { scheduledAt: string }): Promise<Listed> => {
    const now = new Date(scheduledAt);
    const deployments = await deployed.all();
    const names = [...new Set(deployments.map(({ model }) => model))];
    const streams = (await concurrently(names, WIDTH, (model) => seen.streams(model))).flat();
    const known = new Map(deployments.map((deployment) => [deployment.name, deployment]));
    const isKnown = ({ stream }: { stream: Stream }) => known.get(stream.deployment)?.model === stream.model;
    const governed = streams.filter(isKnown);
    const models = [...new Set(governed.map(({ stream }) => stream.model))];
    const marks = new Map(
      (await concurrently(models, WIDTH, (model) => checks.marksOf(model)))
        .flat()
        .map((mark) => [nameOf(mark.stream), mark]),
    );
    const lookback = Math.max(LOOKBACK_MINUTES, rules.windows.windowMinutes) * MILLISECONDS.minute;
    const waiting = governed.flatMap(({ stream, lastEventAt }): Waiting[] => {
      const mark = marks.get(nameOf(stream));
      const windows = dueWindows(now, mark?.to ?? undefined, rules);
      const reach = Math.min(now.getTime(), ...windows.map((to) => Date.parse(to))) - lookback;
      if (Date.parse(lastEventAt) < reach) return [];
      const environment = EnvironmentName.parse(known.get(stream.deployment)?.environment);
      const due = { stream: { ...stream, deployment: DeploymentName.parse(stream.deployment) }, environment, windows };
      return [{ due, mark }];
    });
    const first = waiting.toSorted((a, b) => ((a.mark?.checkedAt ?? '') < (b.mark?.checkedAt ?? '') ? -1 : 1));
    const oldest = waiting.flatMap(({ mark }) =>
      mark === undefined ? [] : now.getTime() - Date.parse(mark.checkedAt),
    );
    const silent = silentAmong(governed, now, rules);
    measure(metrics.deploymentsSilent, silent.length);
    measure(metrics.checkAge, Math.max(0, ...oldest) / 1000);
    return {
      streams: first.slice(0, MOST_STREAMS).map(({ due }) => due),
      unknown: streams.length - governed.length,
      left: Math.max(0, first.length - MOST_STREAMS),
      silent: silent.slice(0, MOST_SILENT),
    };
  };
