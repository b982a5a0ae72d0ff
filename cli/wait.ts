import { show } from '../core/kernel/reason.ts';
import { registryApi, type VersionStatus } from '../core/registry/api.ts';
import { type RolloutDetail, rolloutApi } from '../core/rollout/api.ts';
import type { RolloutState } from '../core/rollout/contract.ts';
import type { Context } from './context.ts';
import { couldNotTell, EXIT, type ExitCode, misused, type Outcome } from './outcome.ts';
import { untilSettled } from './patience.ts';
import type { Plane } from './plane.ts';
import { percent, rolloutLines } from './rollout-text.ts';
import { statusOutcome } from './status.ts';
import { oneLine } from './text.ts';

type Timeout = { readonly timeoutSeconds: number };

const LATER = 'Look again with a longer --timeout.';

type Version = { readonly model: string; readonly version: string; readonly attempt?: string | undefined };

const ATTEMPT_EXITS: Readonly<Partial<Record<string, ExitCode>>> = { registered: EXIT.yes, rejected: EXIT.no };

/** Registered and refused are answers. Of one attempt, only what came of that one: an older no is none about it. */
const exitOf = (status: VersionStatus | undefined, attempt: string | undefined): ExitCode | undefined => {
  if (status === undefined) return undefined;
  if (attempt === undefined) return ATTEMPT_EXITS[status.state];
  const seen = status.attempts.find((known) => known.attempt === attempt);
  return seen?.status === 'answered' ? (ATTEMPT_EXITS[seen.outcome ?? ''] ?? EXIT.unknown) : undefined;
};

/** Waits until a version is registered or refused. One that the plane has not seen yet may still arrive. */
const waitForVersion = async (
  { model, version, attempt, timeoutSeconds }: Timeout & Version,
  plane: Plane,
  context: Context,
): Promise<Outcome<VersionStatus>> => {
  const seen = await untilSettled(
    () => plane.ask(registryApi.status, { model, version }),
    (status) => exitOf(status, attempt) !== undefined,
    (status) => oneLine(`waiting for ${model} ${version}: ${status?.state ?? 'unknown'}`),
    { timeoutSeconds, firstMs: 200, longestMs: 2000 },
    context,
  );
  const exitCode = exitOf(seen, attempt);
  if (seen !== undefined && exitCode !== undefined) return { ...statusOutcome(seen), exitCode };
  throw couldNotTell({
    path: '--timeout',
    message: `no answer about ${model} ${version} within ${timeoutSeconds} s`,
    found: seen?.state ?? 'unknown',
    fix: LATER,
  });
};

/** Where a rollout stays until somebody does something. A held one is no end: whether it goes on is for people to say. */
const RESTS: Readonly<Partial<Record<RolloutState, ExitCode>>> = {
  completed: EXIT.yes,
  'rolled-back': EXIT.no,
  refused: EXIT.no,
  held: EXIT.unknown,
};

const restOf = (detail: RolloutDetail | undefined): ExitCode | undefined =>
  detail === undefined ? undefined : RESTS[detail.status.state];

const progressOf = (rollout: string, detail: RolloutDetail | undefined): string => {
  if (detail === undefined) return `waiting for rollout ${rollout} to begin`;
  const { model, version, deployment, state, share } = detail.status;
  return `${model} ${version} behind ${deployment}: ${state} at ${percent(share)}`;
};

/** Waits until a rollout is over, one way or the other, or held. A request that was put just now may not have begun. */
const waitForRollout = async (
  { rollout, timeoutSeconds }: Timeout & { readonly rollout: string },
  plane: Plane,
  context: Context,
): Promise<Outcome<RolloutDetail>> => {
  const seen = await untilSettled(
    () => plane.ask(rolloutApi.get, { rollout }),
    (detail) => restOf(detail) !== undefined,
    (detail) => oneLine(progressOf(rollout, detail)),
    { timeoutSeconds, firstMs: 500, longestMs: 5000 },
    context,
  );
  const exitCode = restOf(seen);
  if (seen !== undefined && exitCode !== undefined)
    return { exitCode, document: seen, text: rolloutLines(seen.status, seen.holds).join('\n') };
  throw couldNotTell({
    path: '--timeout',
    message:
      seen === undefined ? 'the plane has not seen this rollout' : `the rollout is not over in ${timeoutSeconds} s`,
    found: seen === undefined ? show(rollout) : `${seen.status.state} at ${percent(seen.status.share)}`,
    fix: LATER,
  });
};

export type WaitRequest = {
  readonly model?: string | undefined;
  readonly version?: string | undefined;
  readonly attempt?: string | undefined;
  readonly rollout?: string | undefined;
  readonly timeoutSeconds?: number | undefined;
};

const VERSION_SECONDS = 300;
const ROLLOUT_SECONDS = 3600;

/** Waits for one of the two, whichever is named. */
export const wait = async (
  { model, version, attempt, rollout, timeoutSeconds }: WaitRequest,
  plane: Plane,
  context: Context,
) => {
  if (rollout !== undefined && model === undefined)
    return waitForRollout({ rollout, timeoutSeconds: timeoutSeconds ?? ROLLOUT_SECONDS }, plane, context);
  if (rollout === undefined && model !== undefined && version !== undefined)
    return waitForVersion(
      { model, version, attempt, timeoutSeconds: timeoutSeconds ?? VERSION_SECONDS },
      plane,
      context,
    );
  throw misused({
    message: 'it is not clear what to wait for',
    found: show({ model, version, rollout }),
    fix: 'Name a model and a version, or a rollout with --rollout.',
  });
};
