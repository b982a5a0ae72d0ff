/** What some work gives, and how long this thread's processor worked for it: whatever else the machine does is not in it. */
export const worked = async <Result>(
  work: () => Result | Promise<Result>,
): Promise<readonly [Result, seconds: number]> => {
  const before = process.threadCpuUsage();
  const result = await work();
  const { user, system } = process.threadCpuUsage(before);
  return [result, (user + system) / 1e6];
};
