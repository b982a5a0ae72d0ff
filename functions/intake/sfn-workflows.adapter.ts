import type { Workflows } from '../../core/intake/ports.ts';
import { rethrow } from '../platform/aws-errors.ts';
import { lazy } from '../platform/lazy.ts';

const sfn = lazy(async () => {
  const { SFNClient, StartExecutionCommand } = await import('./sfn-sdk.adapter.ts');
  return { client: new SFNClient({}), StartExecutionCommand };
});

/** Executions are unnamed: the claim, not the name, keeps two of them from working on one attempt. */
export const sfnWorkflows = (stateMachineArn: string): Workflows => ({
  start: async (input) => {
    const { client, StartExecutionCommand } = await sfn();
    await client.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) })).catch(rethrow);
  },
});
