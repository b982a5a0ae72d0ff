import type { DoorPorts } from '../../core/admission/answer-admission.ts';
import { admission, GivenVerdict } from '../../core/admission/contract.ts';
import { rethrow } from '../platform/aws-errors.ts';
import { lazy } from '../platform/lazy.ts';

const lambda = lazy(async () => {
  const sdk = await import('../platform/lambda-sdk.adapter.ts');
  return { sdk, client: new sdk.LambdaClient({}) };
});

type Thrown = { errorType?: string; errorMessage?: string };

/** A failure that crossed the wire is the failure that it was. */
const revive = ({ errorType = 'unknown', errorMessage = '' }: Thrown): Error => {
  const failures = admission.tasks.admitVersion.failures.map((Failure) => new Failure(errorMessage));
  return failures.find(({ name }) => name === errorType) ?? new Error(`${errorType}: ${errorMessage}`);
};

/** Asks the one function that may sign verdicts, so that nobody who answers the outside world has to be able to. */
export const invokedAdmission =
  (functionArn: string): DoorPorts['admit'] =>
  async (asked) => {
    const { sdk, client } = await lambda();
    const invoke = new sdk.InvokeCommand({ FunctionName: functionArn, Payload: Buffer.from(JSON.stringify(asked)) });
    const { FunctionError, Payload } = await client.send(invoke).catch(rethrow);
    const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString('utf8') || 'null');
    if (FunctionError !== undefined) throw revive((answer ?? {}) as Thrown);
    return GivenVerdict.parse(answer);
  };
