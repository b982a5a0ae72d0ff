import { spawn } from 'node:child_process';
import { LocalAwsUnavailable } from './problem.ts';

type CommandOptions = { cwd: string; env?: Record<string, string | undefined>; signal?: AbortSignal; what: string };

const LAST_WORDS = 4000;

/** Runs a command to its end and returns what it printed; a failure says which step it was and the end of its output. */
export const runCommand = (command: string, args: readonly string[], options: CommandOptions): Promise<string> =>
  new Promise((resolve, reject) => {
    const { cwd, env, signal, what } = options;
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(signal === undefined ? {} : { signal }),
    });
    let printed = '';
    const keep = (chunk: Buffer): void => {
      printed += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (cause) => reject(new LocalAwsUnavailable(`${what} could not run: ${cause.message}`, { cause })));
    child.on('close', (code, killedBy) => {
      if (code === 0) resolve(printed);
      else
        reject(
          new LocalAwsUnavailable(`${what} failed (${killedBy ?? `exit ${code}`}):\n${printed.slice(-LAST_WORDS)}`),
        );
    });
  });
