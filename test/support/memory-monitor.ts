import { checkWindow } from '../../core/drift/check-window.ts';
import { planWindows } from '../../core/drift/plan-windows.ts';
import { placeHold } from '../../core/hold/place-hold.ts';
import { digestOf } from '../../core/kernel/digest.ts';
import type { Fact } from '../../core/kernel/fact.ts';
import type { Measure } from '../../core/kernel/metrics.ts';
import { checkStream } from '../../core/monitor/check-stream.ts';
import { DueStream, MonitorRules, monitor, type StreamMark } from '../../core/monitor/contract.ts';
import { listStreams } from '../../core/monitor/list-streams.ts';
import type { Checks, Deployed, Failing, Judges, Traffic } from '../../core/monitor/ports.ts';
import { recordCheck } from '../../core/monitor/record-check.ts';
import { checkObjectives } from '../../core/slo/check-objectives.ts';
import type { Objective } from '../../core/slo/contract.ts';
import { MILLISECONDS, type Stream, type Tally, type Window } from '../../core/telemetry/contract.ts';
import { mergedTally } from '../../core/telemetry/merged-tally.ts';
import { memoryEvidence } from './memory-evidence.ts';
import { memoryHolds } from './memory-holds.ts';

const judges: Judges = { planWindows, checkWindow, checkObjectives, merge: mergedTally };

const pathOf = ({ model, version, deployment }: Stream): string => `${model}/${version}/${deployment}`;

/** The table keeps the minutes of one hour together: one query each. */
const hoursIn = (from: Date, to: Date): number =>
  Math.ceil(to.getTime() / MILLISECONDS.hour) - Math.floor(from.getTime() / MILLISECONDS.hour);

const memoryChecks = () => {
  const marks = new Map<string, StreamMark>();
  const failures = new Map<string, Failing>();
  const facts: Fact[] = [];
  const checks: Checks = {
    mark: async (stream) => marks.get(pathOf(stream)),
    marksOf: async (model) => [...marks.values()].filter(({ stream }) => stream.model === model),
    failuresOf: async (model) => [...failures.values()].filter(({ stream }) => stream.model === model),
    swap: async (mark, after, added) => {
      await Promise.resolve();
      if (marks.get(pathOf(mark.stream))?.checkedAt !== after) return false;
      marks.set(pathOf(mark.stream), mark);
      facts.push(...added);
      return true;
    },
    fail: async (failing, after, fact) => {
      const standing = failures.get(pathOf(failing.stream));
      if (standing !== undefined && !(after !== undefined && standing.since <= after)) return false;
      failures.set(pathOf(failing.stream), failing);
      facts.push(fact);
      return true;
    },
  };
  return { checks, marks, failures, facts };
};

type Served = {
  windows: Map<string, Window>;
  baseline: Tally | 'broken' | undefined;
  /** Name of a window that stands damaged. */
  unreadable?: string;
};

export type MonitoredPlane = {
  readonly rules?: Parameters<typeof MonitorRules.parse>[0];
  readonly deployed: readonly Deployed[];
  readonly objectives?: readonly Objective[];
  readonly tier?: 'light' | 'standard' | 'full';
};

/** The monitor workflow over ports that remember: what its state machine does, in the same order. */
export const memoryMonitor = ({ rules = {}, deployed, objectives = [], tier = 'full' }: MonitoredPlane) => {
  const settings = MonitorRules.parse(rules);
  const served = new Map<string, Served>();
  const { checks, marks, failures, facts } = memoryChecks();
  const evidence = memoryEvidence();
  const held = memoryHolds();
  const measured: [string, number][] = [];
  let promised: readonly Objective[] | undefined = objectives;
  const reads = { windows: 0, minutes: 0 };
  const of = (stream: Stream): Served => {
    const known = served.get(pathOf(stream)) ?? { windows: new Map(), baseline: undefined };
    served.set(pathOf(stream), known);
    return known;
  };
  const traffic: Traffic = {
    windows: async (stream, spans) => {
      reads.windows += spans.length;
      if (spans.some(({ grain, start }) => `${grain} ${start}` === of(stream).unreadable))
        throw new SyntaxError('Unexpected end of JSON input');
      return spans.flatMap(({ grain, start }) => of(stream).windows.get(`${grain} ${start}`) ?? []);
    },
    minutes: async (stream, from, to) => {
      reads.minutes += hoursIn(from, to);
      return [...of(stream).windows.values()]
        .filter(({ grain, start }) => grain === 'minute' && Date.parse(start) >= from.getTime() && new Date(start) < to)
        .map(({ start, tally }) => ({ start, ...tally }));
    },
    baseline: async (subject) => {
      const { baseline } =
        [...served].find(([path]) => path.startsWith(`${subject.model}/${subject.version}/`))?.[1] ?? {};
      if (baseline === 'broken') throw new SyntaxError('Unexpected end of JSON input');
      return baseline === undefined ? undefined : { digest: digestOf(subject.version), tally: baseline };
    },
  };
  const measure = ((metric: { name: string }, value: number) => measured.push([metric.name, value])) as Measure;
  const seen = {
    streams: async (asked: string) =>
      [...served].flatMap(([path, { windows }]) => {
        const [model = '', version = '', deployment = ''] = path.split('/');
        if (windows.size === 0 || model !== asked) return [];
        const ends = [...windows.values()].map(({ start, grain }) => Date.parse(start) + MILLISECONDS[grain] - 1);
        const stream = DueStream.shape.stream.parse({ model, version, deployment });
        return { stream, lastEventAt: new Date(Math.max(0, ...ends)).toISOString() };
      }),
  };
  const list = listStreams({ deployed: { all: async () => deployed }, seen, checks, rules: settings, measure });
  const check = checkStream({
    checks,
    holds: held.holds,
    tiers: { find: async () => tier },
    objectives: {
      of: async (model) => {
        if (promised === undefined) throw new SyntaxError('Unexpected end of JSON input');
        return promised.filter((objective) => objective.model === model);
      },
    },
    traffic,
    evidence,
    judges,
    rules: settings,
  });
  const record = recordCheck({ checks, measure });

  /** `dies` ends the run at a step, as a killed execution does: nothing is caught. */
  const run = async (scheduledAt: string, dies: (step: string) => boolean = () => false) => {
    const step = (name: string) => {
      if (dies(name)) throw new Error(`killed at ${name}`);
    };
    const place = placeHold({ holds: held.holds, clock: { now: () => new Date(scheduledAt) } });
    step('list');
    const listed = monitor.tasks.listStreams.output.parse(await list({ scheduledAt }));
    const outcomes = listed.streams.map(async ({ stream, environment, windows }) => {
      const about = { stream, environment, scheduledAt };
      try {
        const checked = monitor.tasks.checkStream.output.parse(await check({ ...about, windows }));
        step('hold');
        for (const hold of checked.holds) await place(hold);
        step('record');
        return await record({ ...about, mark: checked.mark, failure: null });
      } catch (cause) {
        if (cause instanceof Error && cause.message.startsWith('killed')) throw cause;
        const failure = { error: (cause as Error).name, cause: JSON.stringify({ errorMessage: String(cause) }) };
        return record({ ...about, mark: null, failure });
      }
    });
    await Promise.all(outcomes);
    return listed;
  };

  return {
    run,
    of,
    breakObjectives: () => {
      promised = undefined;
    },
    checks,
    evidence,
    marks,
    failures,
    facts,
    measured,
    reads,
    held,
    documents: evidence.standing,
    /** What can be told apart afterwards, however often and in whatever order it was run. */
    state: () => ({
      documents: Object.fromEntries([...evidence.standing].sort(([a], [b]) => (a < b ? -1 : 1))),
      marks: Object.fromEntries(marks),
      facts: [...facts, ...held.facts].map(({ type, detail }) => ({ type, detail: JSON.stringify(detail) })),
    }),
  };
};
