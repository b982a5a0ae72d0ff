import { z } from 'zod';

/** Model names are DNS-label like, so that they fit a key prefix, a metric dimension and a resource name unescaped. */
export const ModelId = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    'expected 1 to 63 lower-case letters, digits and hyphens, starting and ending with a letter or digit',
  )
  .brand<'ModelId'>();
export type ModelId = z.infer<typeof ModelId>;

/** Version names: whatever a team counts in (`3`, `1.4.0`, `2026-11-23.1`), within one key segment. */
export const VersionId = z
  .string()
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9._+-]{0,61}[A-Za-z0-9])?$/,
    'expected 1 to 63 letters, digits, dots, hyphens, underscores or plus signs, starting and ending with a letter or digit',
  )
  .brand<'VersionId'>();
export type VersionId = z.infer<typeof VersionId>;

/** A model version: what everything else in the plane is about. */
export const Subject = z.object({ model: ModelId, version: VersionId });
export type Subject = z.infer<typeof Subject>;

const Label = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    'expected 1 to 63 lower-case letters, digits and hyphens, starting and ending with a letter or digit',
  );

/** Where models serve, as the stage configuration lists it: `staging`, `prod`. */
export const EnvironmentName = Label.brand<'EnvironmentName'>();
export type EnvironmentName = z.infer<typeof EnvironmentName>;

/** One model bound to one environment and one target. */
export const DeploymentName = Label.brand<'DeploymentName'>();
export type DeploymentName = z.infer<typeof DeploymentName>;
