import { z } from 'zod';
import { BUNDLE_TYPE, PAYLOAD_TYPE, PREDICATE_TYPE, STATEMENT_TYPE } from './oms.ts';

const Hex = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits');

/**
 * What we read of a Sigstore bundle v0.3. Unknown members are refused, as `model_signing` and sigstore-go refuse them:
 * what nobody checks must not ride along.
 */
export const Bundle = z.strictObject({
  mediaType: z.literal(BUNDLE_TYPE),
  verificationMaterial: z.strictObject({
    /** Absent in bundles of early tools. It only says which key; a missing hint makes no wrong key right. */
    publicKey: z.strictObject({ hint: z.string().optional() }),
    tlogEntries: z.array(z.unknown()).max(0, 'transparency log entries are not checked here').optional(),
  }),
  dsseEnvelope: z.strictObject({
    payload: z.string(),
    payloadType: z.literal(PAYLOAD_TYPE),
    signatures: z
      .array(z.strictObject({ sig: z.string(), keyid: z.string().nullish() }))
      .length(1, 'expected exactly one signature'),
  }),
});
export type Bundle = z.infer<typeof Bundle>;

/**
 * What we read of the statement: in-toto tells readers to pass over members that they do not know; the OMS schemas
 * close the predicate and its serialization.
 */
export const Statement = z.object({
  _type: z.literal(STATEMENT_TYPE),
  subject: z
    .array(z.object({ name: z.string(), digest: z.object({ sha256: Hex }) }))
    .length(1, 'expected exactly one subject'),
  predicateType: z.literal(PREDICATE_TYPE),
  predicate: z.strictObject({
    serialization: z.strictObject({
      method: z.literal('files'),
      hash_type: z.literal('sha256'),
      allow_symlinks: z.boolean(),
      ignore_paths: z.array(z.string()).optional(),
    }),
    resources: z.array(z.object({ name: z.string(), algorithm: z.literal('sha256'), digest: Hex })).min(1),
  }),
});
export type Statement = z.infer<typeof Statement>;
