import type { Address } from '../../core/telemetry/baseline-source.ts';
import { BaselineUnreadable } from '../../core/telemetry/failures.ts';
import { isNamed, rethrow } from '../platform/aws-errors.ts';
import { s3 } from '../platform/s3-write-once.adapter.ts';

/** Bytes of an object that is not the plane's own. */
export const bytesElsewhere = async ({ bucket, key }: Address): Promise<AsyncIterable<Uint8Array>> => {
  const { sdk, client } = await s3();
  try {
    const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key }));
    if (Body === undefined) throw new BaselineUnreadable(`s3://${bucket}/${key} has no body`);
    return Body as unknown as AsyncIterable<Uint8Array>;
  } catch (cause) {
    if (isNamed(cause, 'NoSuchKey', 'NoSuchBucket', 'NotFound'))
      throw new BaselineUnreadable(`there is no s3://${bucket}/${key}`, { cause });
    if (isNamed(cause, 'AccessDenied'))
      throw new BaselineUnreadable(`the plane may not read s3://${bucket}/${key}, or it is not there`, { cause });
    return rethrow(cause);
  }
};
