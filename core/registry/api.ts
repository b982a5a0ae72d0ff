import { z } from 'zod';
import { Digest } from '../kernel/digest.ts';
import { Reason } from '../kernel/reason.ts';
import { LineageEdge } from '../lineage/contract.ts';
import { ModelHead, RegisteredVersion } from './contract.ts';

/** What the plane's HTTP API answers. Every route is IAM-authenticated; the CLI reads nothing else of the plane. */

export const ModelList = z.object({ models: z.array(ModelHead), next: z.string().optional() });

/** One attempt as the plane sees it now. */
export const AttemptStatus = z.object({
  attempt: z.string(),
  status: z.enum(['running', 'incomplete', 'answered']),
  outcome: z.enum(['registered', 'rejected', 'superseded']).optional(),
  firstSeenAt: z.iso.datetime(),
  answeredAt: z.iso.datetime().optional(),
  /** Key of the answer object, in the model bucket. */
  answer: z.string().optional(),
  /** The first twenty reasons of a no. */
  reasons: z.array(Reason),
  reasonCount: z.int(),
  /** While incomplete: until when the missing files may still arrive. */
  deadline: z.iso.datetime().optional(),
});
export type AttemptStatus = z.infer<typeof AttemptStatus>;

export const VersionStatus = z.object({
  model: z.string(),
  version: z.string(),
  state: z.enum(['registered', 'running', 'incomplete', 'rejected', 'unknown']),
  registered: RegisteredVersion.optional(),
  /** Newest first. */
  attempts: z.array(AttemptStatus),
});
export type VersionStatus = z.infer<typeof VersionStatus>;

export const ModelDetail = z.object({ head: ModelHead, versions: z.array(RegisteredVersion) });

export const PublishedFile = z.object({
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

export const Lineage = z.object({ node: z.string(), upstream: z.array(LineageEdge), downstream: z.array(LineageEdge) });

export const PublicKey = z.object({ pem: z.string(), keyArn: z.string() });

/** Every error of the API: what was wrong, in the same words as everywhere else. */
export const ApiError = z.object({ error: z.object({ message: z.string(), fix: z.string().optional() }) });

export const api = {
  models: { path: '/v1/models', response: ModelList },
  model: { path: '/v1/models/{model}', response: ModelDetail },
  status: { path: '/v1/models/{model}/versions/{version}', response: VersionStatus },
  files: { path: '/v1/models/{model}/versions/{version}/files', response: FilePage },
  lineage: { path: '/v1/models/{model}/versions/{version}/lineage', response: Lineage },
  key: { path: '/v1/key', response: PublicKey },
} as const;

/** What the SSM parameter `/clearance/<stage>/plane` holds: all that a client has to know to find the plane. */
export const PlaneAddress = z.object({
  stage: z.string(),
  region: z.string(),
  apiUrl: z.url(),
  modelBucket: z.string(),
});
export type PlaneAddress = z.infer<typeof PlaneAddress>;
export const planeParameter = (stage: string): string => `/clearance/${stage}/plane`;
