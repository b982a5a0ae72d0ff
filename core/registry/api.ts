import { z } from 'zod';
import { AttemptStatus } from '../intake/contract.ts';
import { Digest } from '../kernel/digest.ts';
import { LineageEdge } from '../lineage/contract.ts';
import { Verified } from '../verification/contract.ts';
import { ModelHead, RegisteredVersion } from './contract.ts';

/** What the plane's HTTP API answers about models, versions and lineage. */

export const ModelList = z.object({ models: z.array(ModelHead), next: z.string().optional() });
export type ModelList = z.infer<typeof ModelList>;

export const VersionStatus = z.object({
  model: z.string(),
  version: z.string(),
  state: z.enum(['registered', 'running', 'incomplete', 'rejected', 'unknown']),
  registered: RegisteredVersion.optional(),
  /** How it stood when it was last looked at; missing before the first time. */
  verified: Verified.optional(),
  /** Newest first. */
  attempts: z.array(AttemptStatus),
});
export type VersionStatus = z.infer<typeof VersionStatus>;

export const ModelDetail = z.object({
  head: ModelHead,
  versions: z.array(RegisteredVersion.extend({ verified: Verified.optional() })),
});
export type ModelDetail = z.infer<typeof ModelDetail>;

const PublishedFile = z.object({
  path: z.string(),
  key: z.string(),
  versionId: z.string(),
  size: z.int(),
  digest: Digest,
});

/** The pinned files of a registered version, in pages. */
export const FilePage = z.object({
  bucket: z.string(),
  root: Digest,
  files: z.array(PublishedFile),
  bundle: z.object({ key: z.string(), versionId: z.string() }),
  next: z.string().optional(),
});
export type FilePage = z.infer<typeof FilePage>;

export const Lineage = z.object({ node: z.string(), upstream: z.array(LineageEdge), downstream: z.array(LineageEdge) });
export type Lineage = z.infer<typeof Lineage>;

export const PublicKey = z.object({ pem: z.string(), keyArn: z.string() });
export type PublicKey = z.infer<typeof PublicKey>;

export const registryApi = {
  models: { method: 'GET', path: '/v1/models', response: ModelList },
  model: { method: 'GET', path: '/v1/models/{model}', response: ModelDetail },
  status: { method: 'GET', path: '/v1/models/{model}/versions/{version}', response: VersionStatus },
  files: { method: 'GET', path: '/v1/models/{model}/versions/{version}/files', response: FilePage },
  lineage: { method: 'GET', path: '/v1/models/{model}/versions/{version}/lineage', response: Lineage },
  key: { method: 'GET', path: '/v1/key', response: PublicKey },
} as const;

/** What the SSM parameter `/clearance/<stage>/plane` holds: all that a client has to know to find the plane. */
export const PlaneAddress = z.object({
  stage: z.string(),
  region: z.string(),
  apiUrl: z.url(),
  modelBucket: z.string(),
  /** Where requests are put; an ARN. */
  eventBus: z.string(),
  /** The bucket of the audit log; a plane that was deployed before it had one does not say. */
  auditLog: z.string().optional(),
});
export type PlaneAddress = z.infer<typeof PlaneAddress>;
export const planeParameter = (stage: string): string => `/clearance/${stage}/plane`;
