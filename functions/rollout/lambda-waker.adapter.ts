import type { Waker } from '../../core/rollout/ports.ts';
import { rethrow } from '../platform/aws-errors.ts';
import { lazy } from '../platform/lazy.ts';

const lambda = lazy(async () => {
  const { InvokeCommand, LambdaClient } = await import('../platform/lambda-sdk.adapter.ts');
  return { client: new LambdaClient({}), InvokeCommand };
});

/** Has the reconciler look at a rollout now, without waiting for what it does. */
export const lambdaWaker = (reconcilerArn: string): Waker => ({
  wake: async (rollout) => {
    const { client, InvokeCommand } = await lambda();
    const Payload = JSON.stringify({ rollout });
    await client
      .send(new InvokeCommand({ FunctionName: reconcilerArn, InvocationType: 'Event', Payload }))
      .catch(rethrow);
  },
});
