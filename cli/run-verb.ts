import { describeReason } from '../core/kernel/describe-reason.ts';
import type { Context } from './context.ts';
import { couldNotTell, interrupted, type Outcome, Problem } from './outcome.ts';
import { progressOn, show } from './terminal.ts';
import { oneLine } from './text.ts';

export type Output = { readonly json: boolean };
export type Verb = (context: Context) => Promise<Outcome>;

/** One document for a program, nothing before or after it; for a person the text. */
const tell = ({ document, text }: Pick<Outcome, 'document' | 'text'>, { json }: Output): void => {
  if (json) process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
  else show(text, process.stdout);
};

/** An error goes to stderr, unless a program reads stdout: then it is the document. */
export const tellProblem = ({ reason }: Problem, { json }: Output): void => {
  if (json) tell({ document: { error: reason }, text: '' }, { json });
  else show(`✗ ${oneLine(describeReason(reason))}`, process.stderr);
};

const problemIn = (cause: unknown, signal: AbortSignal): Problem => {
  if (cause instanceof Problem) return cause;
  if (signal.aborted) return interrupted({ message: 'interrupted; nothing was left behind' });
  const [what, where = ''] = (cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)).split('\n');
  return couldNotTell({ message: `unexpected, please report it: ${what}${where && `, ${where.trim()}`}` }, { cause });
};

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A terminal and a parent process may both deliver the same Ctrl-C; one that comes later means it. */
const SAME_CTRL_C_MS = 1000;

const onInterrupt = (): { signal: AbortSignal; release: () => void } => {
  const controller = new AbortController();
  let since = 0;
  const stop = (): void => {
    if (controller.signal.aborted && Date.now() - since > SAME_CTRL_C_MS) process.exit(130);
    if (controller.signal.aborted) return;
    since = Date.now();
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, stop);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of SIGNALS) process.off(name, stop);
    },
  };
};

/** Runs a verb, tells its answer or why there is none, and leaves the exit code for when everything is written. */
export const runVerb = async (verb: Verb, output: Output): Promise<void> => {
  const { signal, release } = onInterrupt();
  const progress = await progressOn(process.stderr, !output.json);
  try {
    const outcome = await verb({ signal, progress: progress.say });
    progress.end();
    tell(outcome, output);
    process.exitCode = outcome.exitCode;
  } catch (cause) {
    progress.end();
    const problem = problemIn(cause, signal);
    tellProblem(problem, output);
    process.exitCode = problem.exitCode;
  } finally {
    release();
  }
};
