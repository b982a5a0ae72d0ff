import { DataSetUnreadable } from '../../core/data-set/failures.ts';
import type { Address } from '../../core/data-set/open-data-set.ts';
import { isNamed, rethrow } from './aws-errors.ts';
import { s3 } from './s3-write-once.adapter.ts';

/** Bytes of an object that is not the plane's own. */
export const bytesElsewhere = async ({ bucket, key }: Address): Promise<AsyncIterable<Uint8Array>> => {
  const { sdk, client } = await s3();
  try {
    const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key }));
    if (Body === undefined) throw new DataSetUnreadable(`s3://${bucket}/${key} has no body`);
    return Body as unknown as AsyncIterable<Uint8Array>;
  } catch (cause) {
    if (isNamed(cause, 'NoSuchKey', 'NoSuchBucket', 'NotFound'))
      throw new DataSetUnreadable(`there is no s3://${bucket}/${key}`, { cause });
    if (isNamed(cause, 'AccessDenied'))
      throw new DataSetUnreadable(`the plane may not read s3://${bucket}/${key}, or it is not there`, { cause });
    return rethrow(cause);
  }
};
