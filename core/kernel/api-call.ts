import { z } from 'zod';

/**
 * An API call of AWS as CloudTrail tells of it on the account's default event bus, under the detail type `AWS API Call
 * via CloudTrail`. There alone: nobody may put events whose source begins with `aws.` on any bus.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
const Told = z.object({
  /** The account in which it was called; EventBridge says so, whoever forwards the event. */
  account: z.string().regex(/^\d{12}$/),
  region: z.string().min(1).max(64),
  detail: z.object({
    eventID: z.string().min(1).max(128),
    eventTime: z.iso.datetime(),
    eventSource: z.string().min(1).max(128),
    eventName: z.string().min(1).max(128),
    errorCode: z.string().max(128).optional(),
    userIdentity: z.object({
      type: z.string().max(64).optional(),
      arn: z.string().max(2048).optional(),
      invokedBy: z.string().max(256).optional(),
      sessionContext: z
        .object({ sessionIssuer: z.object({ arn: z.string().max(2048).optional() }).optional() })
        .optional(),
    }),
    requestParameters: z.record(z.string(), z.unknown()).nullish(),
  }),
});

export const API_CALL = 'AWS API Call via CloudTrail';

export type ApiCall = {
  /** CloudTrail's own: the same call has the same id however often it is delivered. */
  readonly id: string;
  readonly at: string;
  /** `lambda` of `lambda.amazonaws.com`. */
  readonly service: string;
  /** As CloudTrail spells it; Lambda's carry the date of their API. */
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** Who called, and the role itself where it was one: an ARN of a session leaves the path of its role out. */
  readonly by: { readonly arn: string; readonly role?: string };
  readonly refused?: string;
  readonly asked: Readonly<Record<string, unknown>>;
};

export const ApiCall = Told.transform(({ account, region, detail }): ApiCall => {
  const { userIdentity: who } = detail;
  const role = who.sessionContext?.sessionIssuer?.arn;
  return {
    id: detail.eventID,
    at: detail.eventTime,
    service: detail.eventSource.replace(/\.amazonaws\.com(?:\.cn)?$/, ''),
    name: detail.eventName,
    account,
    region,
    by: { arn: who.arn ?? who.invokedBy ?? who.type ?? 'unknown', ...(role !== undefined && { role }) },
    ...(detail.errorCode !== undefined && { refused: detail.errorCode }),
    asked: detail.requestParameters ?? {},
  };
});
