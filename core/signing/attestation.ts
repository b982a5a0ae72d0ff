import { z } from 'zod';
import type { Json } from '../kernel/canonical-json.ts';
import { type Digest, hexOf } from '../kernel/digest.ts';
import { STATEMENT_TYPE } from './oms.ts';

/** What is stated about a registered version, beside the signature over its files. */
export const AttestationKind = z.enum(['scan', 'gates', 'provenance']);
export type AttestationKind = z.infer<typeof AttestationKind>;

/** The in-toto predicate of each: https://github.com/in-toto/attestation/tree/main/spec/predicates. */
export const PREDICATES: Readonly<Record<AttestationKind, string>> = {
  scan: 'https://in-toto.io/attestation/vulns/v0.2',
  gates: 'https://in-toto.io/attestation/test-result/v0.1',
  provenance: 'https://slsa.dev/provenance/v1',
};

/** Model, version and root: what every statement is about. The root is the subject of the bundle too, and joins them. */
export type Subject = { readonly model: string; readonly version: string; readonly root: Digest };

type Predicate = { readonly [member: string]: Json | undefined };

export const statementOf = (kind: AttestationKind, { model, version, root }: Subject, predicate: Predicate): Json => ({
  _type: STATEMENT_TYPE,
  subject: [{ name: `${model}/${version}`, digest: { sha256: hexOf(root) } }],
  predicateType: PREDICATES[kind],
  predicate,
});

/** An in-toto ResourceDescriptor; its digest is the one that we know. */
export const resource = ({ name, uri, digest }: { name: string; uri?: string; digest?: Digest | undefined }): Json => ({
  name,
  uri,
  ...(digest === undefined ? {} : { digest: { sha256: hexOf(digest) } }),
});
