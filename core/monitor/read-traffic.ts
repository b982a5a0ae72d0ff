import { MILLISECONDS, type Stream, type Window } from '../telemetry/contract.ts';
import type { MonitorRules } from './contract.ts';
import type { Judges, Traffic } from './ports.ts';

export type Plan = ReturnType<Judges['planWindows']>;
type Answered = Parameters<Judges['checkObjectives']>[0]['windows'];

/** What the tiers that page look back over; the others look at hours and days. */
const PAGE_MINUTES = 360;
/** Where hours are read anyway, minutes are needed only for the short windows of the tiers that page or pause. */
const SHORT_MINUTES = 120;
const ALL_TIERS_MINUTES = 3 * 24 * 60;
const DAY_MINUTES = 24 * 60;

type Span = Plan['current'][number];

const byName = (spans: readonly Span[]): Map<string, Span> =>
  new Map(spans.map((span) => [`${span.grain} ${span.start}`, span]));

/** What all plans judge, and what else they compare it with: each window once. */
export const spansOf = (plans: readonly Plan[]): { current: readonly Span[]; history: readonly Span[] } => {
  const current = byName(plans.flatMap((plan) => plan.current));
  const history = byName(plans.flatMap((plan) => plan.history.flat()));
  return {
    current: [...current.values()],
    history: [...history].flatMap(([name, span]) => (current.has(name) ? [] : [span])),
  };
};

export const readWindows = async (
  traffic: Traffic,
  stream: Stream,
  spans: readonly Span[],
): Promise<readonly Window[]> => (spans.length === 0 ? [] : traffic.windows(stream, spans));

/**
 * What objectives are checked with. When the windows of a whole day are there they tell of the slow tiers and of the
 * budget; in between, minutes tell of the fast ones.
 */
export const answeredOf = async (
  traffic: Traffic,
  stream: Stream,
  now: Date,
  { windows, rules }: { windows: readonly Window[]; rules: MonitorRules },
): Promise<{ windows: Answered; reachMinutes: number; wholeBudget: boolean }> => {
  const { windowMinutes, historyDays } = rules.windows;
  const hasDay = windows.length > 0 && windowMinutes === DAY_MINUTES;
  const from = new Date(now.getTime() - (hasDay ? SHORT_MINUTES : PAGE_MINUTES) * MILLISECONDS.minute);
  const minutes = await traffic.minutes(stream, from, now);
  return {
    windows: [
      ...minutes.map(({ start, ...tally }) => ({ grain: 'minute' as const, start, stream, tally })),
      ...(hasDay ? windows : []),
    ],
    reachMinutes: hasDay ? (historyDays >= 2 ? ALL_TIERS_MINUTES : DAY_MINUTES) : PAGE_MINUTES,
    wholeBudget: hasDay && historyDays >= 28,
  };
};
