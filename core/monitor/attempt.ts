import { Failure } from '../kernel/failure.ts';
import type { StepFailure } from './contract.ts';

export type Attempt<Found> = { readonly found: Found } | { readonly failed: StepFailure };

const LONGEST_CAUSE = 500;

/**
 * One thing that cannot be judged must not stop what can. Failures that pass when the task is repeated are not caught:
 * a repeated task judges everything.
 */
export const attempt = async <Found>(judge: () => Promise<Found>): Promise<Attempt<Found>> => {
  try {
    return { found: await judge() };
  } catch (cause) {
    if (cause instanceof Failure && cause.disposition === 'retry') throw cause;
    const { name, message } = cause instanceof Error ? cause : { name: 'Error', message: String(cause) };
    return { failed: { error: name, cause: message.slice(0, LONGEST_CAUSE).toWellFormed() } };
  }
};
