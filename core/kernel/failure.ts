/** What the workflow does with a failure: try the same step again, or set the model version aside with the reason. */
export type Disposition = 'retry' | 'quarantine';

/**
 * An expected failure. Lambda reports `error.name` as the error type and Step Functions matches on it, so every
 * subclass gives its name as a literal `Capability.Reason`: a derived name changes when a bundler renames the class.
 */
export abstract class Failure extends Error {
  abstract override readonly name: `${Capitalize<string>}.${Capitalize<string>}`;
  abstract readonly disposition: Disposition;
}
