import { randomUUID } from 'node:crypto';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  PublishVersionCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Plane } from '../../cli/plane.ts';
import { AdmitRequest, admissionApi } from '../../core/admission/api.ts';
import { holdApi } from '../../core/hold/api.ts';
import type { Hold } from '../../core/hold/contract.ts';
import { REQUEST_SOURCE } from '../../core/kernel/contract.ts';
import { type RolloutStatus, rolloutApi } from '../../core/rollout/api.ts';
import { RolloutRequested, rollout } from '../../core/rollout/contract.ts';
import { rolloutId } from '../../core/rollout/open-rollout.ts';
import { clientOptions } from '../emulator.ts';
import type { LocalAws } from '../local-aws.ts';
import { rootOf } from './model-files.ts';
import { SITES, type Site, WINE } from './sites.ts';

/** Switches of the example service: what a broken release does. */
export type Fault = { FAULT_ERROR_SHARE?: string; FAULT_EXTRA_MS?: string };

/** What a pipeline, somebody on call and their colleagues do with a plane and with the services that it governs. */
export const controlRoom = (aws: Pick<LocalAws, 'endpoint' | 'env' | 'outputs'>, plane: Plane) => {
  const options = clientOptions(aws);
  const [lambda, bus, sqs] = [new LambdaClient(options), new EventBridgeClient(options), new SQSClient(options)];
  const functionOf = (site: Site): string => aws.outputs[`${SITES[site].deployment.replaceAll('-', '')}function`] ?? '';

  /** Publishes a version of the function that serves this version of the model, as a pipeline would; nothing moves yet. */
  const publish = async (site: Site, version: string, fault: Fault = {}): Promise<string> => {
    const FunctionName = functionOf(site);
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const serves = { CLEARANCE_VERSION: version, CLEARANCE_ROOT: rootOf(WINE.model, version), ...fault };
    const Variables = { ...Environment?.Variables, ...serves };
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
    return (await lambda.send(new PublishVersionCommand({ FunctionName }))).Version ?? '';
  };

  /** Asks for a rollout over the bus, as a pipeline would; resolves to its name. */
  const request = async (site: Site, version: string): Promise<string> => {
    const { deployment, environment } = SITES[site];
    const asked = RolloutRequested.parse({
      request: randomUUID(),
      model: WINE.model,
      version,
      environment,
      deployment,
    });
    const Entries = [
      {
        EventBusName: aws.outputs.EventBusName,
        Source: REQUEST_SOURCE,
        DetailType: rollout.events.requested.type,
        Detail: JSON.stringify(asked),
      },
    ];
    const { FailedEntryCount } = await bus.send(new PutEventsCommand({ Entries }));
    if (FailedEntryCount !== 0) throw new Error('the bus took no request for a rollout');
    return rolloutId(asked, null);
  };

  /** Nothing, until the plane has heard of it. */
  const look = async (id: string): Promise<RolloutStatus | undefined> =>
    (await plane.ask(rolloutApi.get, { rollout: id }))?.status;

  const holdsOn = async (site: Site): Promise<Hold[]> =>
    ((await plane.ask(holdApi.list, {}))?.holds ?? []).filter((hold) => hold.deployment === SITES[site].deployment);

  const admit = async (site: Site, version: string) => {
    const question = AdmitRequest.parse({ model: WINE.model, version, ...SITES[site] });
    return (await plane.tell(admissionApi.admit, {}, question))?.answer;
  };

  const lift = async (hold: Hold, reason: string) => await plane.tell(holdApi.lift, { hold: hold.id }, { reason });

  /** Whatever has reached the pager since the last look. */
  const pages = async (): Promise<string[]> => {
    const QueueUrl = aws.outputs.OnCallQueueUrl;
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    return Messages.map(({ Body = '' }) => Body);
  };

  return { functionOf, publish, request, look, holdsOn, admit, lift, pages };
};

export type ControlRoom = ReturnType<typeof controlRoom>;
