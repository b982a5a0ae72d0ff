import { spawn } from 'node:child_process';
import { LocalAwsUnavailable } from './problem.ts';
import { killGroup } from './processes.ts';

type CommandOptions = { cwd: string; env?: Record<string, string | undefined>; what: string };

const LAST_WORDS = 4000;

/** Runs a command to its end and returns what it printed; a failure says which step it was and the end of its output. */
export const runCommand = (command: string, args: readonly string[], options: CommandOptions): Promise<string> =>
  new Promise((resolve, reject) => {
    const { cwd, env, what } = options;
    // A group of its own, so that the programs that the command starts can be ended with it.
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let printed = '';
    const keep = (chunk: Buffer): void => {
      printed += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    // A program that leaves early takes its commands with it.
    const end = (): void => killGroup(child.pid);
    process.on('exit', end);
    child.on('error', (cause) => reject(new LocalAwsUnavailable(`${what} could not run: ${cause.message}`, { cause })));
    child.on('close', (code, killedBy) => {
      process.off('exit', end);
      if (code === 0) resolve(printed);
      else
        reject(
          new LocalAwsUnavailable(`${what} failed (${killedBy ?? `exit ${code}`}):\n${printed.slice(-LAST_WORDS)}`),
        );
    });
  });
