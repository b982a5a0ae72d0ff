import type { RolloutWorkflows } from '../../core/rollout/ports.ts';
import { rethrow } from '../platform/aws-errors.ts';
import { lazy } from '../platform/lazy.ts';

const sfn = lazy(async () => {
  const { SFNClient, StartExecutionCommand } = await import('./sfn-sdk.adapter.ts');
  return { client: new SFNClient({}), StartExecutionCommand };
});

/** Executions are unnamed: the record, not the name, keeps two of them from steering one rollout. */
export const sfnRolloutWorkflows = (stateMachineArn: string): RolloutWorkflows => ({
  start: async (rollout) => {
    const { client, StartExecutionCommand } = await sfn();
    const input = JSON.stringify({ rollout });
    await client.send(new StartExecutionCommand({ stateMachineArn, input })).catch(rethrow);
  },
});
