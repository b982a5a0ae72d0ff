import { z } from 'zod';
import { defineEnv, defineEvent, defineReactor } from '../kernel/contract.ts';

const fact = { id: z.string(), occurredAt: z.iso.datetime(), correlationId: z.string() };

/** S3 refused somebody a model object: CloudTrail told of it, and nobody but the plane may do what was tried. */
export const AccessRefused = z.object({
  ...fact,
  call: z.object({
    id: z.string(),
    at: z.iso.datetime(),
    name: z.string(),
    /** The ARN of whoever called. */
    by: z.string(),
    account: z.string(),
  }),
  bucket: z.string(),
  /** Of the first object that was tried; the same caller may have tried others of this version on the same day. */
  key: z.string(),
  model: z.string(),
  version: z.string(),
});
export type AccessRefused = z.infer<typeof AccessRefused>;

const text = (longest: number) => z.string().min(1).max(longest);

/**
 * A finding in the AWS Security Finding Format, as far as it is used here: what Security Hub imports, and what tools that
 * listen to Security Hub understand.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html
 */
export const SecurityFinding = z.object({
  SchemaVersion: z.literal('2018-10-08'),
  Id: text(512),
  ProductArn: text(2048),
  GeneratorId: text(512),
  AwsAccountId: z.string().regex(/^\d{12}$/),
  Types: z.array(text(256)).min(1).max(50),
  CreatedAt: z.iso.datetime(),
  UpdatedAt: z.iso.datetime(),
  Severity: z.object({ Label: z.enum(['LOW', 'MEDIUM', 'HIGH', 'CRITICAL']) }),
  Title: text(256),
  Description: text(1024),
  Remediation: z.object({ Recommendation: z.object({ Text: text(512) }) }).optional(),
  ProductFields: z.record(text(128), text(2048)),
  Resources: z
    .array(
      z.object({
        Type: text(256),
        Id: text(512),
        Partition: z.enum(['aws', 'aws-cn', 'aws-us-gov']),
        Region: text(16),
      }),
    )
    .min(1)
    .max(32),
});
export type SecurityFinding = z.infer<typeof SecurityFinding>;

/** Told beside a fact that matters to whoever watches for attacks. The fact is what is logged; this is a view of it. */
export const FindingRaised = z.object({ ...fact, fact: z.string(), finding: SecurityFinding });
export type FindingRaised = z.infer<typeof FindingRaised>;

export const security = {
  events: {
    accessRefused: defineEvent('security.access-refused.v1', AccessRefused),
    findingRaised: defineEvent('security.finding-raised.v1', FindingRaised),
  },
  reactors: {
    /** Where the stage says so: gives findings to Security Hub. */
    importFindings: defineReactor({ env: defineEnv({ FINDINGS_PRODUCT: z.string() }) }),
  },
} as const;

/** The facts that can be findings: their readers are loaded for these alone. A test holds that they are all. */
export const CAN_BE_FINDINGS: ReadonlySet<string> = new Set([
  'hold.placed.v1',
  'intake.version-rejected.v1',
  'rollout.bypassed.v1',
  'security.access-refused.v1',
]);

/** The name under which an account's own findings go to Security Hub. */
export const productArn = ({
  partition,
  region,
  account,
}: Record<'partition' | 'region' | 'account', string>): string =>
  `arn:${partition}:securityhub:${region}:${account}:product/${account}/default`;

/** Of the data events of S3, those of which a refusal says that somebody wanted at a model past the plane. */
export const OBJECT_CALLS: readonly string[] = [
  'GetObject',
  'GetObjectTagging',
  'PutObject',
  'PutObjectTagging',
  'DeleteObject',
  'DeleteObjectTagging',
];
