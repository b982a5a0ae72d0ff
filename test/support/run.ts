import { execFile } from 'node:child_process';

export type Run = { code: number; out: string; err: string };

/** Runs a program to its end with exactly this environment, besides the search path. */
export const run = (program: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Run> =>
  new Promise((resolve, reject) => {
    const PATH = process.env.PATH ?? '';
    execFile(program, args, { env: { PATH, ...env }, maxBuffer: 64 * 1024 ** 2 }, (error, out, err) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
