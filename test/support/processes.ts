import { execFileSync } from 'node:child_process';

type Process = { pid: number; parent: number; state: string };

const processes = (): Process[] =>
  execFileSync('ps', ['-eo', 'pid=,ppid=,stat='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parent, state]) => ({ pid: Number(pid), parent: Number(parent), state: state ?? '' }))
    .filter(({ state }) => !state.startsWith('Z'));

/** Every process that this one started, and those that they started. */
export const descendantsOf = (pid: number, all = processes()): number[] =>
  all.filter(({ parent }) => parent === pid).flatMap((child) => [child.pid, ...descendantsOf(child.pid, all)]);

export const stillRunning = (pids: readonly number[]): number[] => {
  const alive = new Set(processes().map(({ pid }) => pid));
  return pids.filter((pid) => alive.has(pid));
};
