import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** Without it a number says nothing. The load is that of all programs on the machine, just before. */
export const machine = () => ({
  node: process.version,
  v8: process.versions.v8,
  openssl: process.versions.openssl,
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 1024 ** 3),
  system: `${platform()} ${release()}`,
  load: Number((loadavg()[0] ?? 0).toFixed(2)),
});

export const machineText = (): string => {
  const { node, openssl, cpu, cores, memoryGiB, system, load } = machine();
  return `Node ${node} (OpenSSL ${openssl}), ${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}; load ${load} at the start`;
};
