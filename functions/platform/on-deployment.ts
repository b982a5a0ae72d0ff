import middy from '@middy/core';
import { logAbout, logFailure, logger } from './log.ts';

/** What CloudFormation sends to whoever makes a custom resource, as far as it is used here. */
export type DeploymentEvent = {
  RequestType: 'Create' | 'Update' | 'Delete';
  RequestId: string;
  StackId: string;
  LogicalResourceId: string;
  PhysicalResourceId?: string;
  /** Takes the answer, once. Whoever has it can answer in our name, so it is never logged. */
  ResponseURL: string;
};

type Answer = {
  Status: 'SUCCESS' | 'FAILED';
  PhysicalResourceId: string;
  Reason?: string;
  Data?: Readonly<Record<string, string>>;
};

/** What was made, by name, and what the template may ask of it. */
type Made = { readonly name: string; readonly attributes?: Readonly<Record<string, string>> };

const tell = async (event: DeploymentEvent, answer: Answer): Promise<void> => {
  const { RequestId, StackId, LogicalResourceId, ResponseURL } = event;
  const body = JSON.stringify({ RequestId, StackId, LogicalResourceId, ...answer });
  // The URL is signed for a request without a content type.
  const response = await fetch(ResponseURL, { method: 'PUT', body, headers: { 'content-type': '' } });
  if (!response.ok) throw new Error(`CloudFormation took no answer: HTTP ${response.status}`);
};

/**
 * A custom resource that is made and then left alone: what it stands for is data, which no deployment takes away.
 * `make` runs at creation and whenever the properties change, so it has to leave alone what stands.
 */
export const onDeployment = (make: () => Promise<Made>) =>
  middy<DeploymentEvent, void>().handler(async (event: DeploymentEvent) => {
    logAbout({});
    const standing = event.PhysicalResourceId ?? event.LogicalResourceId;
    try {
      const made = event.RequestType === 'Delete' ? { name: standing } : await make();
      logger.info('deployed', { outcome: event.RequestType });
      await tell(event, { Status: 'SUCCESS', PhysicalResourceId: made.name, Data: made.attributes ?? {} });
    } catch (cause) {
      logFailure(cause);
      const Reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
      await tell(event, { Status: 'FAILED', PhysicalResourceId: standing, Reason });
    }
  });
