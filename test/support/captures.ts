import { paginateScan } from '@aws-sdk/client-dynamodb';
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, ListQueuesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { type Source, telemetry } from '../../core/telemetry/contract.ts';
import type { Plane } from './flight.ts';
import { eventually } from './local.ts';

/** A capture file as any producer would write it. */
export const publish = async (plane: Plane, key: string, body: string | Uint8Array): Promise<Source> => {
  const put = new PutObjectCommand({ Bucket: plane.outputs.CaptureBucketName, Key: key, Body: body });
  const { VersionId = '' } = await plane.s3.send(put);
  return { key, versionId: VersionId };
};

const queueUrl = async (plane: Plane, part: string): Promise<string> => {
  const { QueueUrls = [] } = await plane.sqs.send(new ListQueuesCommand({}));
  return QueueUrls.find((url) => url.includes(part)) ?? '';
};

/** Once more what S3 reported: EventBridge and SQS deliver at least once. */
export const redeliver = async (plane: Plane, { key, versionId }: Source): Promise<void> => {
  const detail = { bucket: { name: plane.outputs.CaptureBucketName }, object: { key, 'version-id': versionId } };
  await plane.sqs.send(
    new SendMessageCommand({
      QueueUrl: await queueUrl(plane, 'ArrivedCaptures'),
      MessageBody: JSON.stringify({ source: 'aws.s3', 'detail-type': 'Object Created', detail }),
    }),
  );
};

/** Waits until so many deliveries were taken and not finished. */
export const untilTaken = (plane: Plane, count: number): Promise<true> =>
  eventually(`${count} deliveries that failed`, async () => {
    const QueueUrl = await queueUrl(plane, 'ArrivedCaptures');
    const asked = new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    });
    const { Attributes = {} } = await plane.sqs.send(asked);
    const waiting = Number(Attributes.ApproximateNumberOfMessages);
    return waiting === 0 && Number(Attributes.ApproximateNumberOfMessagesNotVisible) >= count ? true : undefined;
  });

/** What stands in the bucket of counts under a key. */
export const counted = async (plane: Plane, key: string): Promise<string | undefined> => {
  try {
    const get = new GetObjectCommand({ Bucket: plane.outputs.TelemetryBucketName, Key: key });
    return await (await plane.s3.send(get)).Body?.transformToString();
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'NoSuchKey') return undefined;
    throw cause;
  }
};

export const summaryAt = (plane: Plane, source: Source): Promise<string> =>
  eventually(`a summary of ${source.key}`, () => counted(plane, telemetry.keys.summary(source)));

/** Everything that the plane keeps of telemetry, as text. */
export const everythingStored = async (plane: Plane): Promise<string> => {
  const texts: string[] = [];
  const pages = paginateListObjectsV2({ client: plane.s3 }, { Bucket: plane.outputs.TelemetryBucketName });
  for await (const { Contents = [] } of pages)
    for (const { Key = '' } of Contents) texts.push(Key, (await counted(plane, Key)) ?? '');
  const scan = paginateScan({ client: plane.ddb }, { TableName: plane.outputs.TelemetryTableName });
  for await (const { Items = [] } of scan) texts.push(JSON.stringify(Items));
  return texts.join('\n');
};

const functionOf = async (plane: Plane, entry: string): Promise<string> => {
  const { Functions = [] } = await plane.lambda.send(new ListFunctionsCommand({ MaxItems: 100 }));
  return Functions.find(({ Description }) => Description === entry)?.FunctionName ?? '';
};

/** What is due is merged, as the schedule would have it a little later. */
export const rollUp = async (plane: Plane): Promise<void> => {
  const FunctionName = await functionOf(plane, 'telemetry/roll-up');
  await plane.lambda.send(new InvokeCommand({ FunctionName, Payload: '{}' }));
};

/** The function as one that fails wherever it uses this variable; resolves to what mends it. */
export const breakAt = async (plane: Plane, entry: string, variable: string): Promise<() => Promise<unknown>> => {
  const FunctionName = await functionOf(plane, entry);
  const { Environment } = await plane.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const configure = (Variables: Record<string, string>) =>
    plane.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  await configure({ ...Environment?.Variables, [variable]: 'not-there' });
  return () => configure(Environment?.Variables ?? {});
};
