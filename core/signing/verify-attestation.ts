import { z } from 'zod';
import { type Digest, hexOf } from '../kernel/digest.ts';
import type { Reason } from '../kernel/reason.ts';
import { AttestationKind, PREDICATES } from './attestation.ts';
import { STATEMENT_TYPE } from './oms.ts';
import { openStatement } from './statement.ts';
import type { Trust } from './trust.ts';

/** Enough of a statement to know what it is and what it is about; in-toto tells readers to pass over the rest. */
export const AttestationStatement = z.object({
  _type: z.literal(STATEMENT_TYPE),
  subject: z
    .array(z.object({ name: z.string().optional(), digest: z.record(z.string(), z.string()) }))
    .length(1, 'expected exactly one subject'),
  predicateType: z.enum(Object.values(PREDICATES)),
  predicate: z.record(z.string(), z.unknown()),
});
export type AttestationStatement = z.infer<typeof AttestationStatement>;

export type VerifiedAttestation =
  | { readonly outcome: 'valid'; readonly kind: AttestationKind; readonly statement: AttestationStatement }
  | { readonly outcome: 'invalid'; readonly reasons: readonly Reason[] };

const kindOf = (predicateType: string): AttestationKind =>
  AttestationKind.parse(Object.entries(PREDICATES).find(([, type]) => type === predicateType)?.[0]);

/** What a key that counts stated about these bytes. */
export const verifyAttestation = (bundle: string, trust: Trust, root: Digest): VerifiedAttestation => {
  const opened = openStatement(bundle, trust, AttestationStatement);
  if (opened.outcome === 'invalid') return opened;
  const { statement } = opened;
  const found = statement.subject[0]?.digest.sha256;
  if (found === hexOf(root)) return { outcome: 'valid', kind: kindOf(statement.predicateType), statement };
  const other: Reason = {
    rule: 'signing.attestation-of-another',
    message: 'the attestation is about other bytes',
    found: found ?? 'no SHA-256',
    allowed: hexOf(root),
  };
  return { outcome: 'invalid', reasons: [other] };
};
