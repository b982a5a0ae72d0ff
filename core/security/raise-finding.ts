import { z } from 'zod';
import { factId } from '../kernel/fact.ts';
import { type FindingRaised, SecurityFinding, security } from './contract.ts';
import { type Suspicion, suspicionIn } from './suspicions.ts';

const Told = z.object({ id: z.string(), occurredAt: z.iso.datetime(), correlationId: z.string() });

const PARTITIONS = SecurityFinding.shape.Resources.element.shape.Partition;

/** What others have chosen in it (names, messages of a scan) stays on one line, and within the limits of the format. */
const line = (text: string, longest: number): string => {
  const flat = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').toWellFormed();
  return flat.length > longest ? `${flat.slice(0, longest - 1).toWellFormed()}…` : flat;
};

const fieldsOf = (fields: Suspicion['fields']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      value === undefined ? [] : [[`clearance/${name}`, line(value, 2048)]],
    ),
  );

type Subject = { readonly id: string; readonly at: string; readonly product: string };

const findingOf = (suspicion: Suspicion, { id, at, product }: Subject): SecurityFinding => {
  const [, partition = '', , region = '', account = ''] = product.split(':');
  const { rule, severity, type, title, why, fix, about, fields } = suspicion;
  const resource =
    'bucket' in about
      ? { Type: 'AwsS3Object', Id: line(`arn:${partition}:s3:::${about.bucket}/${about.key}`, 512) }
      : { Type: 'Other', Id: line(about.name, 512) };
  return {
    SchemaVersion: '2018-10-08',
    Id: `${region}/${account}/clearance/${id}`,
    ProductArn: product,
    GeneratorId: `clearance/${rule}`,
    AwsAccountId: account,
    Types: [type],
    CreatedAt: at,
    UpdatedAt: at,
    Severity: { Label: severity },
    Title: line(title, 256),
    Description: line(why, 1024),
    ...(fix !== undefined && { Remediation: { Recommendation: { Text: line(fix, 512) } } }),
    ProductFields: fieldsOf(fields),
    Resources: [{ ...resource, Partition: PARTITIONS.parse(partition), Region: region }],
  };
};

/**
 * The security finding that a fact is, nothing for most. The same fact is the same finding however often it is told.
 * @param product the ARN under which findings go to Security Hub; it names partition, region and account
 */
export const raiseFinding = (
  { type, detail }: { readonly type: string; readonly detail: unknown },
  product: string,
): { readonly type: string; readonly detail: FindingRaised } | undefined => {
  const suspicion = suspicionIn(type, detail);
  if (suspicion === undefined) return undefined;
  const { id, occurredAt, correlationId } = Told.parse(detail);
  const event = security.events.findingRaised;
  return {
    type: event.type,
    detail: {
      id: factId(event, id),
      occurredAt,
      correlationId,
      fact: type,
      finding: findingOf(suspicion, { id, at: occurredAt, product }),
    },
  };
};
