import { Aws } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { allow } from './permissions.ts';

/** Lets a function read data sets from the buckets that a stage names; which objects, only manifests will say. */
export const allowDataSets = (who: IGrantable, buckets: readonly string[], what: string): void => {
  if (buckets.length === 0) return;
  allow(who, {
    actions: ['s3:GetObject'],
    resources: buckets.map((name) => `arn:${Aws.PARTITION}:s3:::${name}/*`),
    because: `The stage names the buckets from which ${what} are taken; a manifest names the object.`,
  });
};
