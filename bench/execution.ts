import { type HistoryEvent, paginateGetExecutionHistory, type SFNClient } from '@aws-sdk/client-sfn';

export type StateType = 'Task' | 'Choice' | 'Pass' | 'Succeed';
/** A state of an execution, and how long until the next one was entered or, for the last, until the end. */
export type Visit = { name: string; type: StateType; enteredAt: number; ms: number };

const ENTERED = /^(Task|Choice|Pass|Succeed)StateEntered$/;
const ENDED = /^Execution(?:Succeeded|Failed|Aborted|TimedOut)$/;

const timeOf = ({ timestamp }: HistoryEvent): number => timestamp?.getTime() ?? Number.NaN;

const historyOf = async (client: SFNClient, executionArn: string): Promise<HistoryEvent[]> => {
  const events: HistoryEvent[] = [];
  for await (const page of paginateGetExecutionHistory({ client }, { executionArn }))
    events.push(...(page.events ?? []));
  return events;
};

/** The answer is there a moment before the execution ends, and only a finished one can be split. */
export const visitsOf = async (client: SFNClient, executionArn: string): Promise<Visit[]> => {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const events = await historyOf(client, executionArn);
    const end = events.find(({ type }) => ENDED.test(type ?? ''));
    if (end !== undefined) return split(events, timeOf(end));
    if (Date.now() > deadline) throw new Error(`${executionArn} does not end`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

const split = (events: readonly HistoryEvent[], endedAt: number): Visit[] => {
  const entered = events.filter(({ type }) => ENTERED.test(type ?? ''));
  return entered.map((event, index) => {
    const next = entered[index + 1];
    return {
      name: event.stateEnteredEventDetails?.name ?? '',
      type: ENTERED.exec(event.type ?? '')?.[1] as StateType,
      enteredAt: timeOf(event),
      ms: (next === undefined ? endedAt : timeOf(next)) - timeOf(event),
    };
  });
};
