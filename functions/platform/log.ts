import { Logger } from '@aws-lambda-powertools/logger';
import { Failure } from '../../core/kernel/failure.ts';

/** The build writes the handler's entry in here, since the environment holds nothing but what a contract names. */
export const logger = new Logger({ serviceName: process.env.CLEARANCE_ENTRY ?? 'clearance' });

/** Ids only: what a line may carry of an input. Payloads, names of people and file contents stay out of logs. */
const LOGGED = ['execution', 'model', 'version', 'attempt', 'rollout', 'key', 'route'] as const;

const idsIn = (event: unknown): Record<string, string> => {
  if (typeof event !== 'object' || event === null) return {};
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(event)) {
    if ((LOGGED as readonly string[]).includes(name) && typeof value === 'string') found[name] = value;
  }
  const { attempt } = event as { attempt?: unknown };
  if (typeof attempt === 'object' && attempt !== null) {
    const { id, model, version } = attempt as Record<string, unknown>;
    Object.assign(found, { attempt: id, model, version, correlationId: id });
  }
  return found;
};

/** Every line of this call names what it is about. */
export const logAbout = (event: unknown): void => logger.resetKeys() ?? logger.appendKeys(idsIn(event));

export const logFailure = (cause: unknown): void => {
  const disposition = cause instanceof Failure ? cause.disposition : 'bug';
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const log = disposition === 'retry' ? logger.warn : logger.error;
  log.call(logger, `${error.name}: ${error.message}`, { disposition, error });
};
