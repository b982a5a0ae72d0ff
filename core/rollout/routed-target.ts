import { z } from 'zod';
import { Digest } from '../kernel/digest.ts';
import { VersionId } from '../kernel/identity.ts';

/** Servers that hold several versions and ask a routing document, which AppConfig brings them, who answers. */
export const AppConfigRouting = z.strictObject({
  kind: z.literal('appconfig'),
  applicationArn: z.string().min(1),
  /** Of AppConfig, and for this deployment's routing alone: one change at a time, whatever it is about. */
  environment: z.string().min(1),
  profile: z.string().min(1),
  /** Without minutes: how slowly a version comes is for the rollout to say. */
  strategy: z.string().min(1),
  /** What the servers can answer for. The document says what they shall; it alone is changed by a rollout. */
  versions: z.array(z.strictObject({ version: VersionId, root: Digest })).max(16),
});
export type AppConfigRouting = z.infer<typeof AppConfigRouting>;
