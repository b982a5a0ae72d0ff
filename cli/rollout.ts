import { randomUUID } from 'node:crypto';
import { reasonsIn } from '../core/kernel/issues.ts';
import { RolloutRequested, rollout } from '../core/rollout/contract.ts';
import { rolloutId } from '../core/rollout/open-rollout.ts';
import type { Context } from './context.ts';
import { EXIT, misused, type Outcome } from './outcome.ts';
import type { Plane } from './plane.ts';
import { putRequest } from './put-request.ts';

export type RolloutRequest = {
  readonly model: string;
  readonly version: string;
  readonly env: string | undefined;
  readonly deployment?: string | undefined;
  /** Names the request: the same name is the same rollout. */
  readonly request?: string | undefined;
};

type Asked = { readonly rollout: string; readonly request: RolloutRequested };

const requestOf = ({ env, request = `cli-${randomUUID()}`, ...asked }: RolloutRequest): RolloutRequested => {
  if (env === undefined)
    throw misused({ path: '--env', message: 'not given', fix: 'Name the environment to take the version to.' });
  const detail = { ...asked, environment: env, request };
  const read = RolloutRequested.safeParse(detail);
  const [reason] = read.success ? [] : reasonsIn('cli.usage', read.error, detail);
  if (!read.success) throw misused(reason ?? { message: 'not a request' });
  return read.data;
};

/** Asks for a version to be rolled out. What becomes of it is the rollout's to say: the id is known beforehand. */
export const requestRollout = async (
  asked: RolloutRequest,
  plane: Plane,
  { signal }: Context,
): Promise<Outcome<Asked>> => {
  const request = requestOf(asked);
  const address = await plane.address();
  await putRequest(address, rollout.events.requested, request, signal);
  const id = rolloutId(request, null);
  const text = [
    `✓ asked for ${request.model} ${request.version} in ${request.environment}: rollout ${id}`,
    `  clearance rollout show ${id} --stage ${address.stage} tells how it stands; pause, resume and rollback steer it`,
  ].join('\n');
  return { exitCode: EXIT.yes, document: { rollout: id, request }, text };
};
