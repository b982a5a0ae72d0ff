import { z } from 'zod';
import { Reason } from './reason.ts';

/** What the plane's HTTP API is made of. Every route is IAM-authenticated; each capability lists its own in `api.ts`. */

/** Changes nothing, however often it is asked. */
export type Question<Path extends string = string, Response extends z.ZodType = z.ZodType> = {
  readonly method: 'GET';
  readonly path: Path;
  readonly response: Response;
};

/** An act of the caller, who is told by IAM and never by the body. */
export type Act<
  Path extends string = string,
  Request extends z.ZodType = z.ZodType,
  Response extends z.ZodType = z.ZodType,
> = {
  readonly method: 'POST';
  readonly path: Path;
  readonly request: Request;
  readonly response: Response;
  /** A promise: sent twice, it leaves what it left the first time. A client whose answer got lost sends it again. */
  readonly repeatable?: true;
};

export type Route = Question | Act;
export type Routes = Readonly<Record<string, Route>>;

type NamesIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
/** The parts of a path that a request fills in: `/v1/models/{model}` has `model`. */
export type Names<Path extends string> = { readonly [Name in NamesIn<Path>]: string };

/** Every error of the API: what was wrong, in the same words as everywhere else. */
export const ApiError = z.object({
  error: z.object({ message: z.string(), fix: z.string().optional(), reasons: z.array(Reason).optional() }),
});
