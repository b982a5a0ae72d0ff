import { hold } from '../../core/hold/contract.ts';
import { holdTask } from '../../core/verification/hold-task.ts';
import type { HoldPlacer } from '../../core/verification/ports.ts';
import { rethrow } from '../platform/aws-errors.ts';
import { lazy } from '../platform/lazy.ts';

const lambda = lazy(async () => {
  const sdk = await import('../platform/lambda-sdk.adapter.ts');
  return { sdk, client: new sdk.LambdaClient({}) };
});

/** Has the function place the hold that may: whoever reads every byte need not be able to write a hold, or to lift one. */
export const invokedHold =
  (functionArn: string): HoldPlacer =>
  async (asked) => {
    const { sdk, client } = await lambda();
    const Payload = Buffer.from(JSON.stringify(holdTask(asked)));
    const invoke = new sdk.InvokeCommand({ FunctionName: functionArn, Payload });
    const { FunctionError, Payload: answer } = await client.send(invoke).catch(rethrow);
    const text = Buffer.from(answer ?? []).toString('utf8');
    if (FunctionError !== undefined) throw new Error(`the hold was not placed: ${text.slice(0, 500)}`);
    hold.tasks.placeHold.output.parse(JSON.parse(text));
  };
