import { type OrderResponse, type RolloutDetail, type RolloutList, rolloutApi } from '../core/rollout/api.ts';
import { EXIT, type ExitCode, type Outcome } from './outcome.ts';
import type { Plane } from './plane.ts';
import { percent, rolloutLines } from './rollout-text.ts';
import { table } from './text.ts';

type NoRollout = { readonly rollout: string; readonly outcome: 'unknown' };

const unknown = (rollout: string): Outcome<NoRollout> => ({
  exitCode: EXIT.no,
  document: { rollout, outcome: 'unknown' },
  text: `✗ the plane knows no rollout ${rollout}; a request takes a moment to arrive, and one that cannot be read opens none`,
});

const EXITS: Readonly<Partial<Record<RolloutDetail['status']['state'], ExitCode>>> = {
  completed: EXIT.yes,
  refused: EXIT.no,
  'rolled-back': EXIT.no,
};

/** Every rollout that is not over. */
export const listRollouts = async (plane: Plane): Promise<Outcome<RolloutList>> => {
  const document = (await plane.ask(rolloutApi.list, {})) ?? { rollouts: [] };
  const rows = document.rollouts.map((it) => [
    it.rollout,
    `${it.model} ${it.version}`,
    it.deployment,
    it.state,
    percent(it.share),
    it.requestedAt,
  ]);
  const text =
    rows.length === 0
      ? 'No rollout is under way.'
      : table([['ROLLOUT', 'VERSION', 'DEPLOYMENT', 'STATE', 'SERVES', 'ASKED FOR'], ...rows]).join('\n');
  return { exitCode: EXIT.yes, document, text };
};

/** How a rollout stands: completed is a yes, refused and rolled back a no, all else is not known yet. */
export const showRollout = async (rollout: string, plane: Plane): Promise<Outcome<RolloutDetail | NoRollout>> => {
  const document = await plane.ask(rolloutApi.get, { rollout });
  if (document === undefined) return unknown(rollout);
  const { status, holds } = document;
  return { exitCode: EXITS[status.state] ?? EXIT.unknown, document, text: rolloutLines(status, holds).join('\n') };
};

type Verb = 'pause' | 'resume' | 'rollback';

const DONE: Readonly<Record<Verb, string>> = {
  pause: 'it stops before the next shift',
  resume: 'it goes on, unless a hold stands in its way',
  rollback: 'everything goes back to the version before',
};

/** Ends that an order came too late for: it wanted another. */
const TOO_LATE: Readonly<Record<Verb, readonly RolloutDetail['status']['state'][]>> = {
  pause: ['completed'],
  resume: ['refused', 'rolled-back'],
  rollback: ['completed'],
};

const tooLate = ({ state, model, version, environment }: RolloutDetail['status']): string[] => [
  `✗ too late: the rollout is ${state}, and nothing was changed`,
  state === 'completed'
    ? `  to go back: clearance rollout ${model} VERSION --env ${environment}, or a hold that evicts`
    : `  to try again: clearance rollout ${model} ${version} --env ${environment}`,
];

/** An order of a person, under the name that IAM knows them by. */
export const steerRollout = async (
  verb: Verb,
  { rollout, reason }: { readonly rollout: string; readonly reason: string },
  plane: Plane,
): Promise<Outcome<OrderResponse | NoRollout>> => {
  const document = await plane.tell(rolloutApi[verb], { rollout }, { reason });
  if (document === undefined) return unknown(rollout);
  const { outcome, status } = document;
  if (outcome === 'unchanged' && TOO_LATE[verb].includes(status.state))
    return { exitCode: EXIT.no, document, text: [...tooLate(status), ...rolloutLines(status, [])].join('\n') };
  const headline =
    outcome === 'done'
      ? `✓ ${verb}: ${DONE[verb]}`
      : `✓ nothing to change: the rollout is ${status.state}, or was told so before`;
  return { exitCode: EXIT.yes, document, text: [headline, ...rolloutLines(status, [])].join('\n') };
};
