import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { bytes, type Narrator } from './narrator.ts';
import type { PlaneClient } from './plane-client.ts';

type Payload = Readonly<Record<string, unknown>>;

const short = (digest: unknown): string => `${String(digest).slice(0, 19)}…`;

/** What each step of the workflow tells a spectator. */
const TOLD: Readonly<Record<string, (payload: Payload) => string>> = {
  ClaimUpload: ({ outcome }) => String(outcome),
  TakeInventory: ({ outcome, files, bytes: size }) =>
    outcome === 'complete' ? `${files} files, ${bytes(Number(size))}, each pinned by its S3 version` : String(outcome),
  DigestFiles: ({ root, bytesRead }) => `root ${short(root)}, ${bytes(Number(bytesRead))} read`,
  ScanFiles: ({ verdict, bytesRead }) => `${verdict}, ${bytes(Number(bytesRead))} read`,
  EvaluateGates: ({ tier }) => `risk tier ${tier}`,
  DecideRegistration: ({ outcome }) => String(outcome),
  SummariseBaseline: ({ outcome, rows }) => (outcome === 'none' ? 'none declared' : `${rows} rows counted`),
  SignVersion: ({ root }) => `KMS signed ${short(root)}`,
  ReserveVersion: ({ outcome }) => String(outcome),
  PublishVersion: () => 'model.sig beside the model, files readable',
  RegisterVersion: ({ outcome }) => String(outcome),
  AnswerUpload: ({ answer }) => String(answer),
  QuarantineVersion: ({ answer }) => String(answer),
};

const payloadOf = (events: readonly HistoryEvent[], exited: HistoryEvent): Payload => {
  const before = events.slice(0, events.indexOf(exited)).reverse();
  const output = before.find((event) => event.type === 'TaskSucceeded')?.taskSucceededEventDetails?.output ?? '{}';
  return (JSON.parse(output).Payload ?? {}) as Payload;
};

/** Tells each step of an attempt's workflow when it ends, at its time since `began`, until the workflow is over. */
export const watchFlight = async (plane: PlaneClient, tell: Narrator, attempt: string, began: number) => {
  const steps: { step: string; milliseconds: number }[] = [];
  let execution: string | undefined;
  for (;;) {
    execution ??= (await plane.executions(attempt))[0];
    const events = execution === undefined ? [] : await plane.history(execution);
    const exits = events.filter((event) => event.type === 'TaskStateExited');
    for (const exited of exits.slice(steps.length)) {
      const step = exited.stateExitedEventDetails?.name ?? '';
      const milliseconds = (exited.timestamp?.getTime() ?? began) - began;
      steps.push({ step, milliseconds });
      tell.moment(milliseconds, step, TOLD[step]?.(payloadOf(events, exited)));
    }
    if (/^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(events.at(-1)?.type ?? '')) return steps;
    await plane.pause();
  }
};
