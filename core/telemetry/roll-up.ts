import type { Clock } from '../kernel/clock.ts';
import { concurrently } from '../kernel/concurrently.ts';
import { collectWindows, spanOf } from './collect-windows.ts';
import { MILLISECONDS, type Retention, telemetry, Window } from './contract.ts';
import type { Mark, Marks, Summaries, SummariesOfHour, WindowStore } from './ports.ts';
import { minutesExpireAt, startOf } from './table.ts';
import { rollUp, windowBytes } from './window.ts';

export type RollUpPorts = {
  marks: Marks;
  windows: WindowStore;
  summaries: Pick<Summaries, 'parts'>;
  summariesOf: SummariesOfHour;
  clock: Clock;
  retention: Retention;
};

/** `sealed`: its minutes are about to expire, and merging what is left would lose what was counted. */
export type RolledUp = 'rolled-up' | 'nothing' | 'changed' | 'sealed';

const { hour: HOUR, day: DAY } = MILLISECONDS;
/** From before the first minute of an hour expires. */
const SEAL = HOUR;

const isSealed = ({ clock, retention }: RollUpPorts, start: string): boolean =>
  clock.now().getTime() + SEAL >= minutesExpireAt(start, retention).getTime();

async function* each<Item, Found>(items: readonly Item[], find: (item: Item) => Found): AsyncGenerator<Found> {
  for (const item of items) yield find(item);
}

const hoursOfDay = (start: string): string[] =>
  Array.from({ length: DAY / HOUR }, (_, hour) => new Date(Date.parse(start) + hour * HOUR).toISOString());

const WIDTH = 8;

const mergeHour = async ({ summaries, summariesOf }: RollUpPorts, mark: Mark): Promise<Window[]> => {
  const keys = await summariesOf(mark.stream, mark.start);
  const all = each(keys, (key) => summaries.parts(key));
  return collectWindows(all, { stream: mark.stream, grain: 'hour', spans: [spanOf(mark)] });
};

const mergeDay = async ({ windows }: RollUpPorts, { stream, start }: Mark): Promise<Window[]> => {
  const texts = await concurrently(hoursOfDay(start), WIDTH, (hour) =>
    windows.text(telemetry.keys.window({ stream, grain: 'hour', start: hour })),
  );
  const hours = texts.flatMap((text) => (text === undefined ? [] : [Window.parse(JSON.parse(text))]));
  return rollUp(hours, 'day');
};

/**
 * Writes one window from all that it consists of. The revision is read before the set: who read the set later, and thus
 * maybe more of it, has written by then, and this write is refused instead of taking something away.
 */
const rollUpOne = async (ports: RollUpPorts, mark: Mark): Promise<RolledUp> => {
  const { marks, windows } = ports;
  if (mark.grain === 'hour' && isSealed(ports, mark.start)) {
    await marks.clear(mark);
    return 'sealed';
  }
  const key = telemetry.keys.window(mark);
  const over = await windows.revision(key);
  const [window] = await (mark.grain === 'hour' ? mergeHour(ports, mark) : mergeDay(ports, mark));
  if (window !== undefined && !(await windows.put(key, windowBytes(window), over))) return 'changed';
  // The day is marked before the hour is done with: whoever ends in between leaves the hour to be done again.
  if (mark.grain === 'hour') await marks.raise({ ...mark, grain: 'day', start: startOf(mark.start, 'day') });
  await marks.clear(mark);
  return window === undefined ? 'nothing' : 'rolled-up';
};

export type RollUpReport = { counts: Record<RolledUp, number>; failures: unknown[]; left: boolean };

const AT_MOST = 500;
const TOGETHER = 4;

/** Merges what is due; what fails stays due, and keeps nothing else from being done. */
export const rollUpDue = (ports: RollUpPorts) => async (): Promise<RollUpReport> => {
  const due = await ports.marks.due(ports.clock.now(), AT_MOST);
  const report: RollUpReport = {
    counts: { 'rolled-up': 0, nothing: 0, changed: 0, sealed: 0 },
    failures: [],
    left: due.length === AT_MOST,
  };
  const settle = async (mark: Mark) => {
    try {
      report.counts[await rollUpOne(ports, mark)] += 1;
    } catch (cause) {
      report.failures.push(cause);
    }
  };
  // Hours first: a day that is due is merged from hours that are.
  for (const grain of ['hour', 'day'] as const)
    await concurrently(
      due.filter((mark) => mark.grain === grain),
      TOGETHER,
      settle,
    );
  return report;
};
