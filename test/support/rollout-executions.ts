import { readFileSync } from 'node:fs';
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Plane } from './flight.ts';
import { eventually } from './local.ts';

type State = { Type: string; Arguments?: { FunctionName?: string } };

const definition = new URL('../../statemachines/rollout.asl.json', import.meta.url);

/** Every state at which an execution spends time: it calls somebody, or waits. */
export const waitingStates: string[] = Object.entries<State>(JSON.parse(readFileSync(definition, 'utf8')).States)
  .filter(([, { Type }]) => Type === 'Task' || Type === 'Wait')
  .map(([name]) => name);

/** The function that a state calls, as deployed; nothing for a state that only waits. */
export const functionAt = async (plane: Plane, state: string): Promise<string | undefined> => {
  const { definition: deployed } = await plane.sfn.send(
    new DescribeStateMachineCommand({ stateMachineArn: plane.outputs.RolloutWorkflowArn }),
  );
  return JSON.parse(deployed ?? '{}').States[state]?.Arguments?.FunctionName;
};

const stateOf = async (plane: Plane, executionArn: string): Promise<string | undefined> => {
  const { events = [] } = await plane.sfn.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 50 }),
  );
  return events.find(({ stateEnteredEventDetails }) => stateEnteredEventDetails)?.stateEnteredEventDetails?.name;
};

/** Stops the running execution that was started for something (a request's name, a rollout) once it is at a state. */
export const stopAt = (plane: Plane, about: string, state: string): Promise<string> =>
  eventually(
    `an execution about ${about} at ${state}`,
    async () => {
      const { executions = [] } = await plane.sfn.send(
        new ListExecutionsCommand({ stateMachineArn: plane.outputs.RolloutWorkflowArn, statusFilter: 'RUNNING' }),
      );
      for (const { executionArn = '' } of executions) {
        const { input = '' } = await plane.sfn.send(new DescribeExecutionCommand({ executionArn }));
        if (!input.includes(about) || (await stateOf(plane, executionArn)) !== state) continue;
        await plane.sfn.send(new StopExecutionCommand({ executionArn, error: 'Test.Stopped' }));
        return executionArn;
      }
      return undefined;
    },
    { every: 50 },
  );
