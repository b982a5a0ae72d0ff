import { Stack, Validations } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement, type PolicyStatementProps } from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';

export type Allowance = {
  actions: readonly string[];
  resources: readonly string[];
  conditions?: PolicyStatementProps['conditions'];
  /** Why a resource that contains `*` cannot be named more closely; a reviewer reads it in the acknowledgements. */
  because?: string;
};

/** Records, where cdk-nag and a reviewer look, why a finding of AwsSolutions stands. */
export const accept = (construct: IConstruct, finding: string, reason: string): void =>
  Validations.of(construct).acknowledge({ id: `AwsSolutions-${finding}`, reason });

/** A resource as cdk-nag prints it: references in angle brackets. */
const printed = (value: unknown): string => {
  if (typeof value === 'string') return value;
  const [[intrinsic, operand] = ['', ''] as const] = Object.entries(value ?? {});
  if (intrinsic === 'Fn::Join') {
    const [delimiter, parts] = operand as [string, unknown[]];
    return parts.map(printed).join(delimiter);
  }
  if (intrinsic === 'Fn::GetAtt') return `<${(operand as string[]).join('.')}>`;
  if (intrinsic === 'Ref') return `<${operand}>`;
  return JSON.stringify(value);
};

/**
 * Adds one statement to what a principal may do. An imported principal that cannot take it says so at synth.
 * @throws for a wildcard without a reason
 */
export const allow = (who: IGrantable, { actions, resources, conditions, because }: Allowance): void => {
  const statement = new PolicyStatement({
    actions: [...actions],
    resources: [...resources],
    ...(conditions === undefined ? {} : { conditions }),
  });
  const { policyDependable } = who.grantPrincipal.addToPrincipalPolicy(statement);
  const holder = Construct.isConstruct(who) ? who : undefined;
  if (holder === undefined || policyDependable === undefined) return;
  for (const resource of resources) {
    const name = printed(Stack.of(holder).resolve(resource));
    if (!name.includes('*')) continue;
    if (because === undefined) throw new Error(`${holder.node.path}: ${actions.join(', ')} on ${name} needs a reason`);
    accept(holder, `IAM5[Resource::${name}]`, because);
  }
};
