import { z } from 'zod';
import { canonicalJson, type Json } from './canonical-json.ts';
import { Digest, digestOf } from './digest.ts';
import { EvidenceAltered } from './failures.ts';

/** Where a document of evidence stands, and what it says by digest: workflow state carries this, never the document. */
export const EvidenceRef = z.object({ key: z.string(), digest: Digest });
export type EvidenceRef = z.infer<typeof EvidenceRef>;

/** Write-once storage of evidence. */
export type EvidenceStore = {
  /** Resolves to the bytes that stand under `key`: ours, or those of whoever came first. */
  putOnce(key: string, body: string): Promise<string>;
  /** @throws when there is nothing under `key` */
  get(key: string): Promise<string>;
};

/** Writes a document in canonical form. The reference is to what stands, which a retry finds unchanged. */
export const keepEvidence = async <Document>(
  store: EvidenceStore,
  key: string,
  schema: z.ZodType<Document>,
  document: Document,
): Promise<{ ref: EvidenceRef; document: Document }> => {
  const standing = await store.putOnce(key, canonicalJson(document as Json));
  return { ref: { key, digest: digestOf(standing) }, document: schema.parse(JSON.parse(standing)) };
};

/**
 * Reads a document by reference.
 * @throws EvidenceAltered when the bytes are not those that the reference names
 */
export const readEvidence = async <Document>(
  store: EvidenceStore,
  ref: EvidenceRef,
  schema: z.ZodType<Document>,
): Promise<Document> => {
  const body = await store.get(ref.key);
  if (digestOf(body) !== ref.digest)
    throw new EvidenceAltered(`${ref.key} has digest ${digestOf(body)}, the workflow recorded ${ref.digest}`);
  return schema.parse(JSON.parse(body));
};
