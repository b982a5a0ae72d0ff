import { z } from 'zod';
import { DeploymentName, EnvironmentName, ModelId, VersionId } from '../kernel/identity.ts';
import { GivenVerdict } from './contract.ts';

/** May this version run in this environment now? What a pipeline asks before it deploys. */
export const AdmitRequest = z.strictObject({
  model: ModelId,
  version: VersionId,
  environment: EnvironmentName,
  /** Asks for the door of one deployment: the verdict opens no other, and what would serve there counts too. */
  deployment: DeploymentName.optional(),
});
export type AdmitRequest = z.infer<typeof AdmitRequest>;

/** A no is an answer like a yes: the status is 200 in both cases. `bundle` is the signed document itself. */
export const AdmitResponse = z.object({ answer: GivenVerdict, bundle: z.string().nullable() });
export type AdmitResponse = z.infer<typeof AdmitResponse>;

export const admissionApi = {
  admit: {
    method: 'POST',
    path: '/v1/admissions',
    request: AdmitRequest,
    response: AdmitResponse,
    /** Asked again it answers again. One verdict more opens no door that the first did not. */
    repeatable: true,
  },
} as const;
