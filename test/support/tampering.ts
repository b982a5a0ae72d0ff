import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { DeleteObjectCommand, GetObjectCommand, GetObjectTaggingCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { type Hold as Held, Hold } from '../../core/hold/contract.ts';
import { holdKeys } from '../../core/hold/table.ts';
import { VersionMark } from '../../core/verification/contract.ts';
import { verificationKeys } from '../../core/verification/table.ts';
import { control } from './emulator-control.ts';
import type { Plane } from './flight.ts';
import { functionsOf } from './functions.ts';
import { eventually } from './local.ts';

type Named = { readonly model: string; readonly version: string };

export const keyOf = ({ model, version }: Named, path: string): string => `models/${model}/${version}/${path}`;

/**
 * Changes bytes where the emulator keeps them: it goes on to say of the object what it said before. What S3 itself would have
 * to do to us, or lose.
 */
export const changeBehindTheBack = async (
  plane: Plane,
  subject: Named,
  path: string,
): Promise<{ undo(): Promise<void> }> => {
  const flip = async (): Promise<void> => {
    await control(plane, 'flip', { bucket: plane.outputs.ModelBucketName ?? '', key: keyOf(subject, path) });
  };
  await flip();
  return { undo: flip };
};

/** All that S3 says of the current object without reading it. */
export const saidOf = async (plane: Plane, subject: Named, path: string) => {
  const Bucket = plane.outputs.ModelBucketName;
  const { VersionId, ContentLength, ETag, ChecksumSHA256 } = await plane.s3.send(
    new HeadObjectCommand({ Bucket, Key: keyOf(subject, path), ChecksumMode: 'ENABLED' }),
  );
  return { VersionId, ContentLength, ETag, ChecksumSHA256 };
};

export const hideObject = (plane: Plane, subject: Named, path: string) =>
  plane.s3.send(new DeleteObjectCommand({ Bucket: plane.outputs.ModelBucketName, Key: keyOf(subject, path) }));

export const eraseVersion = (plane: Plane, subject: Named, path: string, VersionId: string | undefined) =>
  plane.s3.send(
    new DeleteObjectCommand({ Bucket: plane.outputs.ModelBucketName, Key: keyOf(subject, path), VersionId }),
  );

export const tagOf = async (plane: Plane, subject: Named, path: string, VersionId: string | undefined) => {
  const Key = keyOf(subject, path);
  const { TagSet } = await plane.s3.send(
    new GetObjectTaggingCommand({ Bucket: plane.outputs.ModelBucketName, Key, VersionId }),
  );
  return TagSet?.find((tag) => tag.Key === 'clearance')?.Value;
};

export const bytesAs = async (who: Plane, subject: Named, path: string): Promise<'read' | string> =>
  who.s3.send(new GetObjectCommand({ Bucket: who.outputs.ModelBucketName, Key: keyOf(subject, path) })).then(
    () => 'read',
    ({ name }: Error) => name,
  );

/** Has the plane look at a version now, or at whatever is due. */
export const verifyNow = async (plane: Plane, subject?: Named): Promise<void> => {
  const FunctionName = (await functionsOf(plane)).get('verification/verify-versions')?.name;
  const { FunctionError, Payload } = await plane.lambda.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(subject ?? {}) }),
  );
  if (FunctionError !== undefined) throw new Error(Payload?.transformToString());
};

export const markOf = async (plane: Plane, subject: Named): Promise<VersionMark | undefined> => {
  const TableName = plane.outputs.VerificationTableName;
  const Key = marshall(verificationKeys.mark(subject));
  const { Item } = await plane.ddb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  return Item === undefined ? undefined : VersionMark.parse(JSON.parse(String(unmarshall(Item).mark)));
};

/** The holds of continuous verification on a version. */
export const heldFor = async (plane: Plane, { model, version }: Named): Promise<Held[]> => {
  const { Items = [] } = await plane.ddb.send(
    new QueryCommand({
      TableName: plane.outputs.HoldTableName,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :open)',
      ExpressionAttributeValues: marshall({ ':pk': holdKeys.list.pk, ':open': 'OPEN#' }),
      ConsistentRead: true,
    }),
  );
  const holds = Items.map((item) => Hold.parse(unmarshall(item).hold));
  return holds.filter(
    ({ scope, placedBy }) =>
      'version' in scope &&
      scope.model === model &&
      scope.version === version &&
      placedBy.kind === 'signal' &&
      placedBy.signal === 'verification.version-altered',
  );
};

export const untilHeld = (plane: Plane, subject: Named, within: number): Promise<Held> =>
  eventually(`${subject.model} ${subject.version} to be held`, async () => (await heldFor(plane, subject))[0], {
    within,
    every: 500,
  });
