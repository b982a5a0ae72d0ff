import type { Plane } from './flight.ts';

/** What the emulator is asked beyond AWS: to make an object huge, to tell what was read of one, to change its bytes. */
export const control = async (
  { endpoint }: Plane,
  act: 'stretch' | 'served' | 'flip',
  asked: Record<string, string>,
): Promise<string> => {
  const answer = await fetch(`${endpoint}/_local/${act}?${new URLSearchParams(asked)}`, { method: 'POST' });
  if (!answer.ok) throw new Error(`${act}: ${answer.status} ${await answer.text()}`);
  return answer.text();
};
