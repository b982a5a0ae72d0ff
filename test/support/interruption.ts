import { readFileSync } from 'node:fs';
import { DeleteFunctionConcurrencyCommand, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  type ExecutionStatus,
  GetExecutionHistoryCommand,
  paginateListExecutions,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Plane } from './flight.ts';
import { eventually } from './local.ts';

type Subject = { model: string; version: string };
type State = { Type: string; Arguments?: { FunctionName?: string } };

const definition = new URL('../../statemachines/intake.asl.json', import.meta.url);

/** Every state of the intake workflow at which it can die while it waits for something. */
export const taskStates: string[] = Object.entries<State>(JSON.parse(readFileSync(definition, 'utf8')).States)
  .filter(([, { Type }]) => Type === 'Task')
  .map(([name]) => name);

/** The function behind each state, as deployed. */
export const functionsByState = async (plane: Plane): Promise<Map<string, string>> => {
  const { definition } = await plane.sfn.send(
    new DescribeStateMachineCommand({ stateMachineArn: plane.outputs.IntakeWorkflowArn }),
  );
  const states = Object.entries<State>(JSON.parse(definition ?? '{}').States);
  return new Map(states.map(([name, { Arguments }]) => [name, Arguments?.FunctionName ?? '']));
};

/** A function that may not run at all is throttled, and the state that calls it waits and tries again. */
export const hold = (plane: Plane, FunctionName: string) =>
  plane.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));

export const release = (plane: Plane, FunctionName: string) =>
  plane.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));

const inputs = new Map<string, string>();
const inputOf = async (plane: Plane, executionArn: string): Promise<string> => {
  const known =
    inputs.get(executionArn) ?? (await plane.sfn.send(new DescribeExecutionCommand({ executionArn }))).input;
  inputs.set(executionArn, known ?? '');
  return known ?? '';
};

/** What became of each execution that worked on a version, oldest first; with a status, of those that have it. */
export const executionsOf = async (plane: Plane, { model, version }: Subject, statusFilter?: ExecutionStatus) => {
  const stateMachineArn = plane.outputs.IntakeWorkflowArn;
  const pages = paginateListExecutions({ client: plane.sfn }, { stateMachineArn, statusFilter });
  const found: { arn: string; status: string; startedAt: number }[] = [];
  for await (const { executions = [] } of pages) {
    for (const { executionArn = '', status = '', startDate } of executions) {
      const { key } = JSON.parse(await inputOf(plane, executionArn));
      if (key.startsWith(`models/${model}/${version}/`))
        found.push({ arn: executionArn, status, startedAt: startDate?.getTime() ?? 0 });
    }
  }
  return found.sort((a, b) => a.startedAt - b.startedAt);
};

const stateOf = async (plane: Plane, executionArn: string): Promise<string | undefined> => {
  const { events = [] } = await plane.sfn.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 100 }),
  );
  return events.find(({ stateEnteredEventDetails }) => stateEnteredEventDetails)?.stateEnteredEventDetails?.name;
};

/** The execution that stands at a state. */
export const executionAt = (plane: Plane, subject: Subject, state: string): Promise<string> =>
  eventually(`an execution for ${subject.model} at ${state}`, async () => {
    for (const { arn } of await executionsOf(plane, subject, 'RUNNING'))
      if ((await stateOf(plane, arn)) === state) return arn;
    return undefined;
  });

const stop = (plane: Plane, executionArn: string) =>
  plane.sfn.send(new StopExecutionCommand({ executionArn, error: 'Test.Stopped' }));

/** Stops the execution that stands at a state, as an operator or a lost machine would. */
export const stopAt = async (plane: Plane, subject: Subject, state: string): Promise<string> => {
  const execution = await executionAt(plane, subject, state);
  await stop(plane, execution);
  return execution;
};
