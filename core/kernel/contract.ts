import { z } from 'zod';
import type { Failure } from './failure.ts';

/** An environment variable is a string outside and whatever its schema makes of it inside. */
type EnvShape = Record<Uppercase<string>, z.ZodType<unknown, string>>;
export type EnvContract<Shape extends EnvShape = EnvShape> = { readonly shape: Shape };
/** What the construct must set: every name, nothing else. */
export type EnvStrings<Contract extends EnvContract> = { readonly [Name in keyof Contract['shape']]: string };
/** What the handler reads. */
export type EnvValues<Contract extends EnvContract> = {
  readonly [Name in keyof Contract['shape']]: z.output<Contract['shape'][Name]>;
};

export const defineEnv = <const Shape extends EnvShape>(shape: Shape): EnvContract<Shape> => ({ shape });

/** A JSON document in one environment variable. */
export const jsonEnv = <Output>(schema: z.ZodType<Output>): z.ZodType<Output, string> =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'expected a JSON document' });
        return z.NEVER;
      }
    })
    .pipe(schema as z.ZodType<Output, unknown>);

/** Any failure class; the instance says its name, the class is what code constructs. */
export type FailureClass = new (message: string, options?: ErrorOptions) => Failure;

/** A step of a workflow: environment, input, output and every failure it may throw. Both sides import this. */
export type TaskContract<
  Env extends EnvContract = EnvContract,
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
> = {
  readonly env: Env;
  readonly input: Input;
  readonly output: Output;
  readonly failures: readonly FailureClass[];
};

export const defineTask = <Env extends EnvContract, Input extends z.ZodType, Output extends z.ZodType>(
  contract: TaskContract<Env, Input, Output>,
): TaskContract<Env, Input, Output> => contract;

/** A function that an event, a queue, a stream or HTTP calls: it has an environment and throws to be called again. */
export type ReactorContract<Env extends EnvContract = EnvContract> = { readonly env: Env };

export const defineReactor = <Env extends EnvContract>(contract: ReactorContract<Env>): ReactorContract<Env> =>
  contract;

/** A past-tense fact on the bus, its version in its name: `registry.version-registered.v1`. */
export type EventContract<Detail extends z.ZodType = z.ZodType> = { readonly type: string; readonly detail: Detail };

const EVENT_TYPE = /^[a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*\.v[1-9][0-9]*$/;

export const defineEvent = <Detail extends z.ZodType>(type: string, detail: Detail): EventContract<Detail> => {
  if (!EVENT_TYPE.test(type)) throw new TypeError(`${type}: expected capability.past-tense.vN`);
  return { type, detail };
};

/** Everything that the plane says carries this source; a fact with any other source goes nowhere. */
export const FACT_SOURCE = 'clearance';

/** What CI and the CLI may put on the bus: `*.requested`, and nothing that passes for a fact. */
export const REQUEST_SOURCE = 'clearance.request';
