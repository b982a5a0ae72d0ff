import { z } from 'zod';

/** One thing wrong with what someone handed in: where, what was found, what is allowed, and what to do about it. */
export const Problem = z.object({
  /** JSON path (`$.training.datasets[0].digest`) or file path. */
  path: z.string(),
  message: z.string(),
  found: z.string().optional(),
  allowed: z.string().optional(),
  fix: z.string().optional(),
});
export type Problem = z.infer<typeof Problem>;

const FOUND_LIMIT = 80;

/** A value as it may be shown to a person: JSON, cut to 80 characters. */
export const show = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > FOUND_LIMIT ? `${text.slice(0, FOUND_LIMIT)}…` : text;
};

export const describeProblem = (problem: Problem): string =>
  [
    `${problem.path}: ${problem.message}`,
    problem.found === undefined ? undefined : `found ${problem.found}`,
    problem.allowed === undefined ? undefined : `allowed: ${problem.allowed}`,
    problem.fix,
  ]
    .filter((part) => part !== undefined)
    .join('; ');
