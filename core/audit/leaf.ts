import { z } from 'zod';
import { canonicalJson } from '../kernel/canonical-json.ts';
import { Digest } from '../kernel/digest.ts';

/**
 * What the log says of one fact: not the fact itself, which may be long and name people, but what it is recognised by.
 * The same fact never stands twice.
 */
export const Leaf = z.strictObject({
  id: z.string().min(1).max(256),
  type: z.string().min(1).max(256),
  /** When it happened, as the fact tells; null when it does not. */
  occurredAt: z.iso.datetime().nullable(),
  /** When it was logged, by the clock of the log: it never goes back along the log. */
  loggedAt: z.iso.datetime(),
  /** Of the fact's detail, as it was published. */
  digest: Digest,
});
export type Leaf = z.infer<typeof Leaf>;

/** The bytes of the entry: canonical JSON (RFC 8785). */
export const encodeLeaf = (leaf: Leaf): Buffer => Buffer.from(canonicalJson(leaf));

/** The leaf in an entry, or nothing for bytes that `encodeLeaf` would not have written. */
export const readLeaf = (entry: Uint8Array): Leaf | undefined => {
  try {
    const bytes = Buffer.from(entry);
    const leaf = Leaf.safeParse(JSON.parse(bytes.toString('utf8')));
    return leaf.success && encodeLeaf(leaf.data).equals(bytes) ? leaf.data : undefined;
  } catch {
    return undefined;
  }
};
