import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { GovernanceStack } from '../../lib/governance-stack.ts';
import { layGround } from '../../lib/platform/ground.ts';
import { parseStage, type StageInput } from '../../lib/stage.ts';

export type Resource = { Type: string; Properties: Record<string, unknown>; DeletionPolicy?: string };
export type Template = { Resources: Record<string, Resource>; Outputs?: Record<string, { Value: unknown }> };

/** Without bundling: a function's code is a stand-in, so that nothing has to be built to look at a template. */
export const unbundledApp = (): App => new App({ context: { 'aws:cdk:bundling-stacks': [] } });

export const templateOf = (app: App, stack: Stack): Template => app.synth().getStackArtifact(stack.artifactId).template;

const DEFAULTS: StageInput = { stage: 'test' };

export const planeStack = (stage: Partial<StageInput> = {}): { app: App; stack: GovernanceStack } => {
  const app = unbundledApp();
  return { app, stack: new GovernanceStack(app, parseStage({ ...DEFAULTS, ...stage }, 'the test')) };
};

const templates = new Map<string, Template>();

/** The template of a stage, synthesised once per test file: treat it as constant, or clone it. */
export const planeTemplate = (stage: Partial<StageInput> = {}): Template => {
  const key = JSON.stringify(stage);
  const known = templates.get(key);
  if (known !== undefined) return known;
  const { app, stack } = planeStack(stage);
  const template = templateOf(app, stack);
  templates.set(key, template);
  return template;
};

/** With everything that a stage may turn on. */
export const fullestTemplate = (): Template => planeTemplate({ security: { securityHub: true } });

/** A stack with ground to build on, and nothing built. */
export const groundedStack = (): { app: App; stack: Stack } => {
  const app = unbundledApp();
  const stack = new Stack(app, 'stack');
  layGround(stack, {
    stage: 'test',
    removal: RemovalPolicy.RETAIN,
    logRetention: RetentionDays.ONE_WEEK,
    architecture: Architecture.ARM_64,
    network: undefined,
    dataKey: new Key(stack, 'DataKey'),
    accessLogs: new Bucket(stack, 'AccessLogs'),
    alarmPeriod: Duration.minutes(5),
    pages: new Topic(stack, 'Pages'),
    tickets: new Topic(stack, 'Tickets'),
  });
  return { app, stack };
};

export const resourcesOf = (template: Template, type: string): [string, Resource][] =>
  Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);

/** The one resource of a type whose logical id contains `part`. */
export const findResource = (template: Template, type: string, part: string): [string, Resource] => {
  const found = resourcesOf(template, type).filter(([id]) => id.includes(part));
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new Error(`${found.length} resources of type ${type} are called ${part}: ${found.map(([id]) => id)}`);
  return only;
};

/** A value of the template as text, references in angle brackets: `<PlaneKey.Arn>/models/*`. */
export const printed = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[intrinsic, operand] = ['', '']] = Object.entries(value);
  if (intrinsic === 'Fn::Join') {
    const [delimiter, parts] = operand as [string, unknown[]];
    return parts.map(printed).join(delimiter);
  }
  if (intrinsic === 'Fn::GetAtt') return `<${(operand as string[]).join('.')}>`;
  if (intrinsic === 'Ref') return `<${operand}>`;
  if (intrinsic === 'Fn::Select') {
    const [index, list] = operand as [number, unknown];
    return `<select ${index} ${printed(list)}>`;
  }
  return JSON.stringify(value);
};
