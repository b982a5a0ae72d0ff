import { holdApi, type StandingHolds } from '../core/hold/api.ts';
import type { Hold } from '../core/hold/contract.ts';
import { holdLines } from './hold-text.ts';
import { couldNotTell, EXIT, type Outcome } from './outcome.ts';
import type { Plane } from './plane.ts';
import { counted } from './text.ts';

const weight = ({ severity, effect }: Hold): number => (severity === 'page' ? 2 : 0) + (effect === 'evict' ? 1 : 0);

/** Every hold that stands: the gravest first, of those the newest. */
export const holds = async (plane: Plane, now: Date): Promise<Outcome<StandingHolds>> => {
  const answer = await plane.ask(holdApi.list, {});
  if (answer === undefined)
    throw couldNotTell({ message: 'the plane has no holds', fix: 'Deploy a version that has.' });
  const document = { holds: answer.holds.toSorted((a, b) => weight(b) - weight(a)) };
  const { stage } = await plane.address();
  const count = document.holds.length;
  const text =
    count === 0
      ? '✓ nothing is held'
      : [
          `${counted(count, 'hold')} ${count === 1 ? 'stands' : 'stand'}`,
          ...document.holds.flatMap((each) => ['', ...holdLines(each, { now, stage })]),
        ].join('\n');
  return { exitCode: EXIT.yes, document, text };
};
