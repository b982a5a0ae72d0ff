import { readFileSync } from 'node:fs';
import { ArnFormat, Aws, Duration, Fn, Stack } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type IGrantable, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { GovernedFunction } from './governed-function.ts';
import { groundOf } from './ground.ts';
import { fromPackageRoot } from './package-root.ts';
import { accept, allow } from './permissions.ts';

export type WorkflowProps = {
  /** `statemachines/<name>.asl.json`. */
  name: string;
  /** Placeholder to the function whose ARN it stands for: `ClaimUploadArn`. */
  tasks: Readonly<Record<string, GovernedFunction>>;
  /** After which an execution is given up. */
  timeout: Duration;
};

const EXECUTIONS = 'Executions of this one workflow; each has a generated name.';

const PLACEHOLDER = /\$\{([A-Za-z][A-Za-z0-9]*)\}/g;

/**
 * A definition with its placeholders replaced.
 * @throws naming every placeholder without a value and every value without a placeholder; CDK only warns
 */
export const substitute = (name: string, definition: string, values: Readonly<Record<string, string>>): object => {
  const placeholders = new Set([...definition.matchAll(PLACEHOLDER)].map(([, placeholder = '']) => placeholder));
  const missing = [...placeholders].filter((placeholder) => !(placeholder in values));
  const extra = Object.keys(values).filter((value) => !placeholders.has(value));
  if (missing.length > 0 || extra.length > 0)
    throw new Error(
      [
        `Workflow ${name}:`,
        ...(missing.length > 0 ? [`no value for ${missing.join(', ')}`] : []),
        ...(extra.length > 0 ? [`no placeholder for ${extra.join(', ')}`] : []),
      ].join(' '),
    );
  return JSON.parse(definition, (_, value: unknown) =>
    typeof value === 'string'
      ? value.replace(PLACEHOLDER, (_, placeholder: string) => values[placeholder] ?? '')
      : value,
  );
};

/** A Standard state machine from its ASL file, inlined so that assertions and diffs see it. */
export class Workflow extends Construct {
  readonly name: string;
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, { name, tasks, timeout }: WorkflowProps) {
    super(scope, id);
    this.name = name;
    const { stage, removal, logRetention } = groundOf(this);
    const arns = Object.fromEntries(Object.entries(tasks).map(([placeholder, task]) => [placeholder, task.arn]));
    const text = readFileSync(fromPackageRoot('statemachines', `${name}.asl.json`), 'utf8');
    const definition = { ...substitute(name, text, arns), TimeoutSeconds: timeout.toSeconds() };
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      description: `What the workflow ${name} may do`,
    });
    this.machine = new StateMachine(this, 'Machine', {
      definitionBody: DefinitionBody.fromString(Stack.of(this).toJsonString(definition)),
      stateMachineType: StateMachineType.STANDARD,
      role,
      tracingEnabled: true,
      // The prefix keeps log delivery out of the account's size-limited resource policy; the stack's own id lets a
      // stack be created again while the log group of the last one is retained.
      logs: {
        destination: new LogGroup(this, 'Logs', {
          logGroupName: `/aws/vendedlogs/states/clearance-${stage}-${name}-${Fn.select(2, Fn.split('/', Aws.STACK_ID))}`,
          retention: logRetention,
          removalPolicy: removal,
        }),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
    });
    allow(role, { actions: ['lambda:InvokeFunction'], resources: Object.values(arns) });
    accept(
      this,
      'IAM5[Resource::*]',
      'X-Ray segments and CloudWatch log deliveries have no ARN to name; neither action reads data.',
    );
  }

  get #executions(): string {
    return Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${this.machine.stateMachineName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  get arn(): string {
    return this.machine.stateMachineArn;
  }

  /** What executions there were, and what each did. */
  grantReadHistory(who: IGrantable): void {
    allow(who, { actions: ['states:DescribeStateMachine', 'states:ListExecutions'], resources: [this.arn] });
    allow(who, {
      actions: ['states:DescribeExecution', 'states:GetExecutionHistory'],
      resources: [this.#executions],
      because: EXECUTIONS,
    });
  }

  /** Also starts, stops and redrives executions. */
  grantOperate(who: IGrantable): void {
    this.grantReadHistory(who);
    this.grantStart(who);
    allow(who, {
      actions: ['states:RedriveExecution', 'states:StopExecution'],
      resources: [this.#executions],
      because: EXECUTIONS,
    });
  }

  grantStart(who: IGrantable): void {
    allow(who, { actions: ['states:StartExecution'], resources: [this.arn] });
  }

  /** Executions that ended in neither an answer nor a wait, per five minutes. */
  metricFailed(): Metric {
    return this.machine.metricFailed({ statistic: 'Sum', period: Duration.minutes(5) });
  }

  /** Stopped by somebody's hand. */
  metricAborted(): Metric {
    return this.machine.metricAborted({ statistic: 'Sum', period: Duration.minutes(5) });
  }

  metricTimedOut(): Metric {
    return this.machine.metricTimedOut({ statistic: 'Sum', period: Duration.minutes(5) });
  }
}
